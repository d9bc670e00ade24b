// The fields of a form: drawn from input blocks, and read back as `state.values` has them.

import { error, make } from "/page/blocks.js";

/** An input block: its label, its element, and where an element is not known an error. */
export function field(block) {
  const name = block.block_id;
  const element = ELEMENTS[block.element.type];
  if (!element) return error(`a field of the type ${block.element.type}`);
  const drawn = element(block.element, name);
  const required = !block.optional;
  for (const control of drawn.matches("input, select, textarea") ? [drawn] : drawn.querySelectorAll("input")) {
    control.required = required;
  }
  const label = make(drawn.tagName === "FIELDSET" ? "legend" : "label", {
    text: block.label.text + (required ? "" : " (optional)"),
  });
  if (drawn.tagName === "FIELDSET") {
    drawn.prepend(label);
    return make("div", { cls: "field", "data-name": name, "data-type": block.element.type }, drawn);
  }
  label.htmlFor = drawn.id;
  return make("div", { cls: "field", "data-name": name, "data-type": block.element.type }, label, drawn);
}

/** The people and channels that can be chosen; set by the page. */
export const choices = { people: {}, channels: [] };

const ELEMENTS = {
  plain_text_input: (element, name) => {
    const node = make(element.multiline ? "textarea" : "input", { id: `field-${name}` });
    if (element.multiline) node.rows = 8;
    node.value = element.initial_value ?? "";
    return node;
  },
  static_select: (element, name) => select(name, element.options.map((option) => [option.value, option.text.text])),
  users_select: (element, name) => select(name, Object.entries(choices.people)),
  conversations_select: (element, name) => select(name, choices.channels.map((channel) => [channel.id, channel.name])),
  radio_buttons: (element, name) =>
    make(
      "fieldset",
      {},
      ...element.options.map((option) =>
        make(
          "label",
          { cls: "choice" },
          make("input", { type: "radio", name, value: option.value }),
          make("span", { text: option.text.text }),
        ),
      ),
    ),
};

function select(name, options) {
  return make(
    "select",
    { id: `field-${name}` },
    ...options.map(([value, text]) => make("option", { value, text })),
  );
}

/** What was filled in, by field, as Slack sends it. */
export function values(form) {
  const found = {};
  for (const node of form.querySelectorAll(".field")) {
    found[node.dataset.name] = READ[node.dataset.type](node);
  }
  return found;
}

const chosen = (node) => node.querySelector("select").value;

const READ = {
  plain_text_input: (node) => ({ type: "plain_text_input", value: node.querySelector("input, textarea").value || null }),
  static_select: (node) => ({ type: "static_select", selected_option: { value: chosen(node) } }),
  users_select: (node) => ({ type: "users_select", selected_user: chosen(node) }),
  conversations_select: (node) => ({ type: "conversations_select", selected_conversation: chosen(node) }),
  radio_buttons: (node) => ({
    type: "radio_buttons",
    selected_option: { value: node.querySelector("input:checked")?.value ?? "" },
  }),
};
