// Links, targets and popovers work without this file; it adds highlighting, pinning and the keyboard.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const code = document.getElementById("code");
  const peek = document.getElementById("peek");
  const say = document.getElementById("say");
  const LINKED = ".lines [data-t], .lines :is(a, span)[id], math [href]";
  const subterm = (node) => node instanceof Element ? node.closest(LINKED) : null;
  const named = (node) => node.dataset.t || (node.closest("math") ? node.getAttribute("href").slice(1) : node.id);
  const inCode = (id) => document.getElementById(id);
  let pinned = null;
  let timer = 0;

  function light(id) {
    for (const node of all(".lit")) node.classList.remove("lit");
    for (const node of all(".near")) node.classList.remove("near");
    peek.classList.remove("shown");
    if (!id) return;
    for (const node of all(`#${id}, [data-t="${id}"], math [href="#${id}"]`)) {
      node.classList.add("lit");
      node.closest(".lines code")?.classList.add("near");
    }
  }

  // Scroll the code pane only, never the page.
  function reveal(id) {
    const target = inCode(id);
    const box = target?.closest(".listing");
    if (!box || box.scrollHeight <= box.clientHeight) return;
    const at = target.getBoundingClientRect();
    const frame = box.getBoundingClientRect();
    if (at.top < frame.top + 20 || at.bottom > frame.bottom - 20) {
      box.scrollBy({ top: at.top - frame.top - box.clientHeight / 2, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    }
  }

  // On a phone the code is far below: its line slides up from the bottom.
  function showLine(id) {
    const line = inCode(id)?.closest("code");
    if (!line) return;
    const copy = line.cloneNode(true);
    for (const node of all("[id]", copy)) node.removeAttribute("id");
    peek.replaceChildren(...copy.childNodes);
    peek.classList.add("shown");
  }

  function pin(node) {
    pinned = node ? named(node) : null;
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
      light(node && named(node));
      if (node && !code.contains(node)) reveal(named(node));
    }, node ? 40 : 120);
  });

  document.addEventListener("click", (event) => {
    const node = subterm(event.target);
    if (!node) { if (pinned) pin(null); return; }
    if (node.closest("math")) { event.preventDefault(); pin(pinned === named(node) ? null : node); }
  });

  // One tab stop a formula, on HTML; arrows walk its subterms, Enter goes to the code, Escape leaves.
  for (const math of all("math")) {
    if (!math.querySelector("[href]")) continue;
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

  function inFunction(node) {
    let line = node.closest("code");
    while (line && !line.id) line = line.previousElementSibling;
    return line?.querySelector(".nf")?.textContent ?? "the code";
  }

  function neighbour(box, current, key) {
    const nodes = all("[href]", box);
    if (!current) return nodes[0];
    if (key === "ArrowDown") return current.querySelector("[href]");
    if (key === "ArrowUp") return current.parentNode.closest("[href]");
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
      const target = inCode(named(node));
      say.textContent = target ? `${target.textContent}, in ${inFunction(target)}` : "no code";
    } else if (event.key === "Enter" && current) {
      event.preventDefault();
      const target = inCode(named(current));
      if (target) { target.tabIndex = 0; target.focus({ preventScroll: true }); }
    }
  });

  document.addEventListener("focusout", (event) => {
    if (event.target instanceof Element && event.target.classList.contains("formula") && !code.contains(event.relatedTarget)) pin(null);
  });
})();

// Functions that move: the page holds each formula as a program for a stack, `$0 1 +` for x + 1.
(() => {
  const limited = (log) => (x, y) => x === 0 ? 0 : x * log(y);
  const sigmoid = (u) => { const e = Math.exp(-Math.abs(u)); return (u >= 0 ? 1 : e) / (1 + e); };
  const logaddexp = (u, v) => u === v ? u + Math.LN2 : Math.max(u, v) + Math.log1p(Math.exp(-Math.abs(u - v)));
  const OPERATIONS = {
    "+": (u, v) => u + v,
    "-": (u, v) => u - v,
    "*": (u, v) => u * v,
    "/": (u, v) => u / v,
    "^": (u, v) => u === 1 ? 1 : u ** v,
    neg: (u) => -u,
    step: (u) => (Math.sign(u) + 1) / 2,
    max: (u, v) => Math.max(u, v),
    min: (u, v) => Math.min(u, v),
    logaddexp,
    sigmoid,
    softplus: (u) => logaddexp(u, 0),
    xlogy: limited(Math.log),
    xlog1py: limited(Math.log1p),
  };
  for (const name of "exp log sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh abs sign log1p expm1".split(" ")) OPERATIONS[name] = Math[name];

  function run(program, inputs) {
    const stack = [];
    for (const word of program.split(" ")) {
      const operation = Object.hasOwn(OPERATIONS, word) ? OPERATIONS[word] : null;
      if (operation) stack.push(operation(...stack.splice(-operation.length)));
      else stack.push(word[0] === "$" ? inputs[Number(word.slice(1))] : Number(word));
    }
    return stack[0];
  }

  // Four significant digits, as the page's own numbers.
  function shown(number) {
    if (Number.isNaN(number)) return "no value";
    const sign = number < 0 ? "−" : "";
    const size = Math.abs(number);
    if (size === Infinity) return `${sign}∞`;
    const [mantissa, exponent] = size.toExponential(3).split("e");
    if (Number(exponent) > -5 && Number(exponent) < 6) return sign + Number(size.toPrecision(4));
    const power = exponent.replace("+", "").replace(/./g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit] ?? "⁻");
    return `${sign}${Number(mantissa)}×10${power}`;
  }

  function place(svg, inputs, moved) {
    const [x0, x1, y0, y1] = svg.dataset.box.split(" ").map(Number);
    const axis = Number(svg.dataset.axis);
    const [left, right, top, bottom] = svg.closest("[data-frame]").dataset.frame.split(" ").map(Number);
    const across = (x) => left + (x - x0) / (x1 - x0) * (right - left);
    const up = (y) => bottom - (y - y0) / (y1 - y0) * (bottom - top);
    const dot = svg.querySelector("circle");
    const value = run(svg.dataset.p, inputs);
    const seen = value >= y0 && value <= y1;
    dot.setAttribute("visibility", seen ? "visible" : "hidden");
    if (seen) { dot.setAttribute("cx", across(inputs[axis])); dot.setAttribute("cy", up(value)); }
    const live = svg.querySelector(".live");
    if (!live || !moved) return;
    let path = "";
    let drawing = false;
    for (let index = 0; index <= 240; index += 1) {
      const at = [...inputs];
      at[axis] = x0 + (x1 - x0) * index / 240;
      const y = run(svg.dataset.p, at);
      const inside = y >= y0 && y <= y1;
      if (inside) path += `${drawing ? "L" : "M"}${across(at[axis]).toFixed(1)} ${up(y).toFixed(1)}`;
      drawing = inside;
    }
    live.setAttribute("d", path);
  }

  function update(card, moved) {
    const sliders = [...card.querySelectorAll("input")];
    const inputs = sliders.map((slider) => Math.min(slider.max, Math.max(slider.min, slider.value)));
    for (const slider of sliders) if (slider.type === "range") slider.nextElementSibling.textContent = shown(Number(slider.value));
    if (card.dataset.p) {
      const known = [...inputs];
      for (const line of card.dataset.p.split(";")) known.push(run(line, known));
      for (const node of card.querySelectorAll("[data-o]")) node.textContent = shown(known[node.dataset.o]);
    }
    for (const node of card.querySelectorAll("mn[data-v], b[data-v]")) {
      const text = shown(inputs[node.dataset.v]);
      node.textContent = node.localName === "mn" && inputs[node.dataset.v] < 0 ? `(${text})` : text;
    }
    for (const node of card.querySelectorAll("[data-n]")) node.textContent = String(inputs[node.dataset.n]);
    for (const output of card.querySelectorAll("output[data-p]")) output.textContent = shown(run(output.dataset.p, inputs));
    for (const svg of card.querySelectorAll("svg[data-p]")) place(svg, inputs, moved);
  }

  for (const card of document.querySelectorAll(".alive")) {
    for (const input of card.querySelectorAll("[readonly]")) input.readOnly = false;
    card.addEventListener("input", () => update(card, true));
    update(card, false);
  }
})();

// Links to formulas show them: on hover and focus, until Escape or until the pointer leaves both.
(() => {
  const box = document.getElementById("preview");
  let timer = 0;
  let from = null;

  function hide() {
    from = null;
    box.hidden = true;
    box.replaceChildren();
  }

  function formula(link) {
    const target = document.getElementById(link.hash.slice(1));
    return target?.closest(".deriv, .inline, .tex.block");
  }

  function show(link) {
    const target = formula(link);
    if (!target || target.contains(link)) return;
    const copy = target.cloneNode(true);
    for (const node of [copy, ...copy.querySelectorAll("*")]) {
      for (const name of ["id", "popovertarget", "tabindex", "href", "role", "aria-roledescription"]) node.removeAttribute(name);
      if (node.matches("button")) node.disabled = true;
    }
    from = link;
    box.replaceChildren(copy);
    box.hidden = false;
    const at = link.getBoundingClientRect();
    const below = at.bottom + box.offsetHeight + 12 < innerHeight;
    const left = Math.min(at.left, innerWidth - box.offsetWidth - 16);
    box.style.left = `${Math.max(16, left) + scrollX}px`;
    box.style.top = `${(below ? at.bottom + 6 : at.top - box.offsetHeight - 6) + scrollY}px`;
  }

  function over(event) {
    if (!(event.target instanceof Element)) return;
    const link = event.target.closest('a[href^="#f"], a[href^="#s-"]');
    clearTimeout(timer);
    if (link && link !== from) timer = setTimeout(show, event.type === "focusin" ? 0 : 160, link);
    else if (!link && from && !box.contains(event.target)) timer = setTimeout(hide, 240);
  }

  document.addEventListener("pointerover", over);
  document.addEventListener("focusin", over);
  document.addEventListener("click", hide);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();

// Steps in a row: Control with the arrows goes to the next sign, and takes an open popover along.
(() => {
  const signs = [...document.querySelectorAll(".eq")];
  document.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step || !event.ctrlKey || event.altKey || event.shiftKey || !signs.length) return;
    event.preventDefault();
    const here = signs.indexOf(document.activeElement);
    const below = signs.findIndex((sign) => sign.getBoundingClientRect().top > 0);
    const from = here >= 0 ? here + step : step > 0 ? below : (below < 0 ? signs.length : below) - 1;
    const next = signs[Math.min(Math.max(from, 0), signs.length - 1)];
    const open = document.querySelector(".why:popover-open");
    next.focus();
    if (open && here >= 0) document.getElementById(next.getAttribute("popovertarget")).showPopover({ source: next });
  });
})();

// Copying: code as code, formulas as the LaTeX that their author wrote.
(() => {
  const say = document.getElementById("say");
  for (const button of document.querySelectorAll(".copy")) {
    button.addEventListener("click", async () => {
      const code = button.dataset.copies === "code";
      const shown = button.dataset.copies === "shown";
      const lines = code ? [...document.querySelectorAll(".listing code")] : [(shown ? button.closest("details") : button.parentNode).querySelector(shown ? "pre" : "code")];
      const text = lines.map((line) => line.textContent).join("\n");
      await navigator.clipboard.writeText(code || shown ? `${text}\n` : `${button.dataset.copies}\n${text}`);
      say.textContent = "copied";
      button.textContent = "copied";
      setTimeout(() => { button.textContent = "copy"; }, 1500);
    });
  }

  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection.rangeCount || !event.clipboardData) return;
    const range = selection.getRangeAt(0);
    const near = range.commonAncestorContainer;
    const inside = (near instanceof Element ? near : near.parentElement).closest("[data-tex]");
    const part = range.cloneContents();
    const formulas = [...part.querySelectorAll("[data-tex]")];
    if (!inside && !formulas.length) return;
    for (const formula of formulas) formula.replaceWith(formula.dataset.tex);
    for (const hidden of part.querySelectorAll(".why, .alive, .tocode")) hidden.remove();
    event.clipboardData.setData("text/plain", inside ? inside.dataset.tex : part.textContent);
    event.preventDefault();
  });
})();
