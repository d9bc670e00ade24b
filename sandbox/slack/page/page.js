// The page: draws what the workspace holds whenever it has changed, and sends on what a person does.

import { blocks, make, plain } from "/page/blocks.js";
import { choices, values } from "/page/fields.js";

const get = (id) => document.getElementById(id);
const seen = { state: null, channel: null, thread: null, modal: null, drawn: new Map() };

/** Does something through the page's one door, and says what came of it. */
async function act(what) {
  const answer = await fetch("/page/act", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Backup-Why": "page" },
    body: JSON.stringify(what),
  });
  const told = await answer.json();
  if (told.error) say(`That did not work: ${told.error}`, true);
  else if (told.status && told.status !== 200) say(`The app answered ${told.status}: nobody handles this.`, true);
  else if (told.seconds !== undefined) say(`Acknowledged in ${Math.round(told.seconds * 1000)} ms.`, false);
  else say("", false);
}

function say(text, wrong) {
  const status = get("status");
  status.textContent = text;
  status.classList.toggle("error", wrong);
}

async function refresh() {
  const state = await (await fetch("/page/state")).json();
  seen.state = state;
  seen.channel ??= state.channels[0].id;
  choices.people = state.people;
  choices.channels = state.channels.filter((channel) => !channel.direct);
  drawSidebar(state);
  drawMain(state);
  drawThread(state);
  drawModal(state);
}

function drawSidebar(state) {
  const items = state.channels.map((channel) => {
    const name = channel.direct ? "backup-why (direct message)" : `# ${channel.name}`;
    return place(channel.id, name);
  });
  get("channels").replaceChildren(...items, place("home", "backup-why (home)"));
  const menu = get("incident");
  if (menu.options.length !== state.incidents.length) {
    menu.replaceChildren(...state.incidents.map((name) => make("option", { value: name, text: name.replaceAll("-", " ") })));
  }
  const playing = state.incident.file;
  if (document.activeElement !== menu && playing) menu.value = playing;
  get("about").textContent = state.incident.about;
}

function place(id, name) {
  const button = make("button", { type: "button", text: name });
  if (id === seen.channel) button.setAttribute("aria-current", "page");
  button.addEventListener("click", async () => {
    seen.channel = id;
    seen.thread = null;
    if (id === "home") await act({ do: "home" });
    await refresh();
  });
  return make("li", {}, button);
}

function drawMain(state) {
  const isHome = seen.channel === "home";
  get("composer").hidden = isHome;
  get("messages").setAttribute("aria-live", isHome ? "off" : "polite");
  if (isHome) {
    get("place").textContent = "Home";
    get("prompts").replaceChildren();
    const press = (action, option) => act({ do: "press", action, option });
    fill(get("messages"), state.home ? [["home", JSON.stringify(state.home), () => make("article", { cls: "home" }, ...blocks(state.home.blocks, press))]] : []);
    return;
  }
  const channel = current(state);
  get("place").textContent = channel.direct ? "backup-why" : `#${channel.name}`;
  const heads = channel.messages.filter((message) => !isReply(message));
  fill(get("messages"), withEphemeral(state, heads, null).map((message) => entry(state, channel, message, true)));
  get("prompts").replaceChildren(
    ...channel.prompts.map((prompt) => {
      const button = make("button", { type: "button", text: prompt.title });
      button.addEventListener("click", () => act({ do: "write", channel: channel.id, text: prompt.message }));
      return button;
    }),
  );
}

function drawThread(state) {
  const panel = get("thread");
  const channel = current(state);
  const messages = channel?.messages.filter((message) => [message.ts, message.thread_ts].includes(seen.thread)) ?? [];
  panel.hidden = messages.length === 0;
  document.body.classList.toggle("with-thread", !panel.hidden);
  fill(get("replies"), panel.hidden ? [] : withEphemeral(state, messages, seen.thread).map((message) => entry(state, channel, message, false)));
}

const current = (state) => state.channels.find((channel) => channel.id === seen.channel);
const isReply = (message) => message.thread_ts !== undefined && message.thread_ts !== null && message.thread_ts !== message.ts;

/** Messages with those among them that only this person sees. */
function withEphemeral(state, messages, thread) {
  const own = state.ephemeral.filter(
    (message) => message.channel === seen.channel && message.user === state.user && (message.thread_ts ?? null) === thread,
  );
  return [...messages, ...own.map((message) => ({ ...message, private: true }))].sort((a, b) => a.ts - b.ts);
}

/** A message as `fill` takes it: what it is known by, what it is drawn from, and how. */
function entry(state, channel, message, withReplies) {
  const replies = withReplies ? channel.messages.filter((other) => isReply(other) && other.thread_ts === message.ts).length : 0;
  return [message.ts, JSON.stringify([message, replies]), () => draw(state, channel, message, replies, withReplies)];
}

function draw(state, channel, message, replies, withReplies) {
  const author = message.private || message.user === state.bot ? "backup-why" : (state.people[message.user] ?? message.username ?? "another app");
  const press = (action, option) => act({ do: "press", channel: channel.id, ts: message.ts, action, option });
  const content = message.blocks?.length ? blocks(message.blocks, press) : [plain(message.text ?? "", state.people)];
  const files = (message.files ?? []).map((file) =>
    make("details", { cls: "file" }, make("summary", { text: `File ${file.name}` }), make("pre", { tabindex: "0", text: file.content })),
  );
  const time = new Date(Number(message.ts) * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const marks = [message.private || message.bot_id || message.user === state.bot ? "APP" : "", time, message.edited ? "edited" : ""];
  const head = make("p", { cls: "author" }, make("strong", { text: author }), make("span", { cls: "quiet", text: ` ${marks.filter(Boolean).join(" · ")}` }));
  const only = message.private ? make("p", { cls: "quiet", text: "Only visible to you" }) : null;
  return make("article", { cls: message.private ? "message private" : "message", "data-ts": message.ts }, only, head, ...content, ...files, tools(channel, message, replies, withReplies));
}

/** What can be done with a message: open its thread, or ask why the backup that it speaks of failed. */
function tools(channel, message, replies, withReplies) {
  if (message.private) return null;
  const row = make("p", { cls: "tools" });
  if (withReplies) {
    const open = make("button", { type: "button", text: replies ? `${replies} ${replies === 1 ? "reply" : "replies"}` : "Reply in thread" });
    open.addEventListener("click", async () => {
      seen.thread = message.ts;
      await refresh();
      get("replies").scrollTop = 0;
      get("reply-text").focus();
    });
    row.append(open);
  }
  if (message.user === seen.state.bot) return row;
  const why = make("button", { type: "button", text: "Why did this backup fail" });
  why.addEventListener("click", () => act({ do: "shortcut", callback: "why_failed", channel: channel.id, ts: message.ts }));
  row.append(why);
  return row;
}

/** Puts entries into a list of messages, drawing only those that are new or changed, so that focus and reading stay. */
function fill(list, entries) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const before = seen.drawn.get(list) ?? new Map();
  const now = new Map();
  for (const [key, from, draw] of entries) {
    const known = before.get(key);
    now.set(key, known?.from === from ? known : { from, node: draw() });
  }
  seen.drawn.set(list, now);
  const nodes = [...now.values()].map((one) => one.node);
  if (nodes.length !== list.children.length || nodes.some((node, at) => node !== list.children[at])) {
    list.replaceChildren(...nodes);
    if (atEnd) list.scrollTop = list.scrollHeight;
  }
}

function drawModal(state) {
  const dialog = get("modal");
  const view = state.views.at(-1);
  const key = view ? JSON.stringify(view) : null;
  if (key === seen.modal) return;
  seen.modal = key;
  if (!view) {
    dialog.close();
    return;
  }
  const title = make("h2", { id: "modal-title", text: view.title.text });
  const close = make("button", { type: "button", text: view.close?.text ?? "Close" });
  close.addEventListener("click", () => act({ do: "close", view: view.id }).then(refresh));
  const send = view.submit ? make("button", { type: "submit", cls: "main", text: view.submit.text }) : null;
  const form = make("form", {}, title, ...blocks(view.blocks, () => {}), make("p", { cls: "actions" }, close, send));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act({ do: "submit", view: view.id, values: values(form) }).then(refresh);
  });
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
}

function send(form, field, more) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    await act({ do: "write", channel: seen.channel, text, ...more() });
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}

send(get("composer"), get("composer-text"), () => ({}));
send(get("reply"), get("reply-text"), () => ({ thread: seen.thread }));
async function closeThread() {
  const opened = document.querySelector(`#messages [data-ts="${seen.thread}"] .tools button`);
  seen.thread = null;
  await refresh();
  opened?.focus();
}

get("close-thread").addEventListener("click", closeThread);
get("thread").addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeThread();
});
get("pick").addEventListener("click", () => act({ do: "shortcut", callback: "pick_failed" }));
get("incident").addEventListener("change", (event) => act({ do: "play", incident: event.target.value }));
get("ask").addEventListener("click", () => {
  seen.channel = seen.state.channels[0].id;
  act({ do: "write", channel: seen.channel, text: `/backup-why ${seen.state.incident.job}` });
});
get("modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  const view = seen.state.views.at(-1);
  if (view) act({ do: "close", view: view.id }).then(refresh);
});

const changes = new EventSource("/page/changes");
changes.addEventListener("message", refresh);
changes.addEventListener("error", () => say("The connection to the bot is gone. Is `make try KEEP=1` still running?", true));
