// Draws Block Kit as DOM nodes. Every text is set as text, never as markup; what is not known is drawn as an error.

import { markdown } from "/page/markdown.js";
import { field } from "/page/fields.js";

// Signs that every font has, in place of Slack's pictures.
const EMOJI = {
  white_check_mark: "✓",
  no_entry: "✕",
  grey_question: "?",
  heavy_minus_sign: "–",
  white_circle: "○",
  hourglass_flowing_sand: "◔",
};

const STAGES = { pending: "○", in_progress: "◔", complete: "●", error: "✕" };

/** Makes an element with a class, a text or children. */
export function make(tag, { text, cls, ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  if (cls) node.className = cls;
  if (text !== undefined) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** What can't be drawn is said, since Slack would show it and this page must not hide it. */
export function error(what) {
  return make("p", { cls: "error", role: "alert", text: `✕ ${what} can't be shown here` });
}

/** A `text` as Slack shows it where there are no blocks: its escapes undone, mentions named, addresses linked. */
export function plain(text, people) {
  const node = make("p", {});
  for (const part of text.split(/(<@[A-Z0-9]+>|https?:\/\/[^\s<>]+)/)) {
    const mention = part.match(/^<@([A-Z0-9]+)>$/);
    if (mention) node.append(make("span", { cls: "mention", text: `@${people[mention[1]] ?? "backup-why"}` }));
    else if (part.startsWith("http")) node.append(make("a", { href: part, text: part, rel: "noreferrer", target: "_blank" }));
    else node.append(part.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
  }
  return node;
}

/** The blocks of a message or view; `act(action, option)` is called when something in them is pressed. */
export function blocks(list, act) {
  return list.map((block) => (BLOCKS[block.type] ?? unknown)(block, act));
}

const unknown = (block) => error(`a block of the type ${block.type}`);

const BLOCKS = {
  header: (block) => make("h3", { text: block.text.text }),
  divider: () => make("hr"),
  section: (block) => make("p", { text: block.text?.text ?? "" }),
  context: (block) => make("p", { cls: "context", text: block.elements.map((element) => element.text).join("  ") }),
  markdown: (block) => markdown(block.text),
  rich_text: (block) => make("div", { cls: "rich" }, ...block.elements.map(rich)),
  plan: (block) => plan(block),
  actions: (block, act) => make("div", { cls: "actions" }, ...block.elements.map((element) => pressable(element, act))),
  context_actions: (block, act) =>
    make("div", { cls: "actions small" }, ...block.elements.map((element) => pressable(element, act))),
  input: (block) => field(block),
};

function plan(block) {
  const tasks = block.tasks.map((task) =>
    make(
      "li",
      { cls: task.status },
      make("span", { cls: "stage", "aria-hidden": "true", text: STAGES[task.status] }),
      make("span", { text: task.title }),
      task.output ? make("div", { cls: "output" }, ...task.output.elements.map(rich)) : null,
    ),
  );
  return make("section", { cls: "plan", "aria-label": block.title }, make("h3", { text: block.title }), make("ul", {}, ...tasks));
}

function rich(element) {
  switch (element.type) {
    case "rich_text_section":
      return make("p", {}, ...element.elements.map(run));
    case "rich_text_preformatted":
      return make("pre", { tabindex: "0" }, ...element.elements.map(run));
    case "rich_text_quote":
      return make("blockquote", {}, ...element.elements.map(run));
    case "rich_text_list":
      return make(
        element.style === "ordered" ? "ol" : "ul",
        {},
        ...element.elements.map((item) => make("li", {}, ...item.elements.map(run))),
      );
    default:
      return error(`rich text of the type ${element.type}`);
  }
}

function run(piece) {
  const style = piece.style ?? {};
  switch (piece.type) {
    case "text":
      if (style.code) return make("code", { text: piece.text });
      return style.bold ? make("strong", { text: piece.text }) : document.createTextNode(piece.text);
    case "emoji":
      return make("span", {
        role: "img",
        cls: `sign ${piece.name}`,
        "aria-label": piece.name.replaceAll("_", " "),
        text: EMOJI[piece.name] ?? `:${piece.name}:`,
      });
    case "link":
      return make("a", { href: piece.url, text: piece.text ?? piece.url, rel: "noreferrer", target: "_blank" });
    default:
      return error(`a ${piece.type} in rich text`);
  }
}

function pressable(element, act) {
  switch (element.type) {
    case "button":
      return button(element.text.text, element.style === "primary" ? "main" : "", element.accessibility_label, () =>
        act(element.action_id, 0),
      );
    case "static_select":
      return menu(element, act);
    case "feedback_buttons":
      return make(
        "span",
        { cls: "feedback" },
        button(element.positive_button.text.text, "", "", () => act(element.action_id, 0)),
        button(element.negative_button.text.text, "", "", () => act(element.action_id, 1)),
      );
    default:
      return error(`an element of the type ${element.type}`);
  }
}

function button(label, cls, says, press) {
  const node = make("button", { type: "button", text: label, cls });
  if (says) node.setAttribute("aria-label", says);
  node.addEventListener("click", press);
  return node;
}

/** A menu that acts when something is chosen, and then stands at its placeholder again. */
function menu(element, act) {
  const label = element.placeholder.text;
  const node = make("select", { "aria-label": label }, make("option", { text: label, value: "" }));
  element.options.forEach((option, at) => node.append(make("option", { text: option.text.text, value: String(at) })));
  node.addEventListener("change", () => {
    if (node.value !== "") act(element.action_id, Number(node.value));
    node.value = "";
  });
  return node;
}
