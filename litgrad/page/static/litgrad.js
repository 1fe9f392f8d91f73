// Links, targets and popovers work without this file; it adds highlighting, pinning and the keyboard.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const code = document.getElementById("code");
  const peek = document.getElementById("peek");
  const say = document.getElementById("say");
  const subterm = (node) => node instanceof Element ? node.closest("[data-t]") : null;
  const inCode = (id) => code.querySelector(`[data-t="${CSS.escape(id)}"]`);
  let pinned = null;
  let timer = 0;

  function light(id) {
    for (const node of all(".lit")) node.classList.remove("lit");
    for (const node of all(".near")) node.classList.remove("near");
    peek.classList.remove("shown");
    if (!id) return;
    for (const node of all(`[data-t="${CSS.escape(id)}"]`)) {
      node.classList.add("lit");
      node.closest(".ln")?.classList.add("near");
    }
  }

  // Scroll the code pane only, never the page.
  function reveal(id) {
    const target = inCode(id);
    const box = target?.closest("pre");
    if (!box || box.scrollHeight <= box.clientHeight) return;
    const at = target.getBoundingClientRect();
    const frame = box.getBoundingClientRect();
    if (at.top < frame.top + 20 || at.bottom > frame.bottom - 20) {
      box.scrollBy({ top: at.top - frame.top - box.clientHeight / 2, behavior: "smooth" });
    }
  }

  // On a phone the code is far below: its line slides up from the bottom.
  function showLine(id) {
    const line = inCode(id)?.closest(".ln")?.querySelector("code");
    if (!line) return;
    const copy = line.cloneNode(true);
    for (const node of all("[id]", copy)) node.removeAttribute("id");
    peek.replaceChildren(...copy.childNodes);
    peek.classList.add("shown");
  }

  function pin(node) {
    pinned = node ? node.dataset.t : null;
    for (const old of all(".at")) old.classList.remove("at");
    document.body.classList.toggle("pinned", Boolean(node));
    light(pinned);
    if (!node) return;
    node.classList.add("at");
    if (!code.contains(node)) { reveal(pinned); showLine(pinned); }
  }

  document.addEventListener("pointerover", (event) => {
    if (pinned) return;
    clearTimeout(timer);
    const node = subterm(event.target);
    timer = setTimeout(() => {
      light(node?.dataset.t);
      if (node && !code.contains(node)) reveal(node.dataset.t);
    }, node ? 40 : 120);
  });

  document.addEventListener("click", (event) => {
    const node = subterm(event.target);
    if (!node) { if (pinned) pin(null); return; }
    if (node.closest("math")) { event.preventDefault(); pin(pinned === node.dataset.t ? null : node); }
  });

  // One tab stop a formula, on HTML; arrows walk its subterms, Enter goes to the code, Escape leaves.
  for (const math of all("math")) {
    if (!math.querySelector("[data-t]")) continue;
    let box = math.parentNode;
    if (!box.matches(".lhs, .rhs")) {
      box = document.createElement("span");
      math.replaceWith(box);
      box.append(math);
    }
    box.tabIndex = 0;
    box.classList.add("formula");
    box.setAttribute("role", "group");
    box.setAttribute("aria-roledescription", "formula with code");
  }

  function neighbour(box, current, key) {
    const nodes = all("[data-t]", box);
    if (!current) return nodes[0];
    if (key === "ArrowDown") return current.querySelector("[data-t]");
    if (key === "ArrowUp") return current.parentNode.closest("[data-t]");
    const apart = nodes.filter((node) => !node.contains(current) && !current.contains(node));
    const side = key === "ArrowRight" ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
    const found = apart.filter((node) => current.compareDocumentPosition(node) & side);
    return key === "ArrowRight" ? found[0] : found[found.length - 1];
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { pin(null); return; }
    const box = document.activeElement;
    if (!box?.classList.contains("formula")) return;
    const current = box.querySelector(".at");
    if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      const node = neighbour(box, current, event.key) || current;
      if (!node) return;
      pin(node);
      const target = inCode(node.dataset.t);
      say.textContent = target ? `${target.textContent}, in line ${target.closest(".ln").id.slice(1)}` : "no code";
    } else if (event.key === "Enter" && current) {
      event.preventDefault();
      const target = inCode(current.dataset.t);
      if (target) { target.tabIndex = 0; target.focus({ preventScroll: true }); }
    }
  });

  document.addEventListener("focusout", (event) => {
    if (event.target instanceof Element && event.target.classList.contains("formula") && !code.contains(event.relatedTarget)) pin(null);
  });
})();
