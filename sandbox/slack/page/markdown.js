// Draws the little Markdown that the knowledge base is written in: paragraphs, headings, lists, fenced code, emphasis.

import { make } from "/page/blocks.js";

/** A text as DOM nodes; nothing in it becomes markup but what is listed above. */
export function markdown(text) {
  const node = make("div", { cls: "prose" });
  for (const [at, part] of text.split(/^```\w*\n([\s\S]*?)^```$/m).entries()) {
    if (at % 2) node.append(make("pre", { tabindex: "0", text: part }));
    else node.append(...part.split(/\n{2,}/).filter((piece) => piece.trim()).map(paragraph));
  }
  return node;
}

function paragraph(text) {
  const lines = text.trim().split("\n");
  const heading = lines[0].match(/^#{1,4} (.*)/);
  if (heading) {
    const rest = lines.slice(1).join("\n");
    return make("div", {}, make("h4", { text: heading[1] }), rest.trim() ? paragraph(rest) : null);
  }
  if (lines.every((line) => /^([-*]|\d+\.) /.test(line))) {
    const items = lines.map((line) => make("li", {}, ...spans(line.replace(/^([-*]|\d+\.) /, ""))));
    return make(/^\d/.test(lines[0]) ? "ol" : "ul", {}, ...items);
  }
  return make("p", {}, ...spans(lines.join(" ")));
}

function spans(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*]+\*)/).map((part) => {
    if (part.startsWith("`")) return make("code", { text: part.slice(1, -1) });
    if (part.startsWith("**")) return make("strong", { text: part.slice(2, -2) });
    return part.startsWith("*") && part.length > 2 ? make("em", { text: part.slice(1, -1) }) : part;
  });
}
