// Loaded first into a page under test; tells the page around it what it saw.
"use strict";
(() => {
  const found = { errors: [], violations: [], moved: [], overflow: [], unnamed: [], popovers: [], faint: [], walked: [], copied: [], preview: "", width: 0, shift: 0 };
  const shifts = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) found.shift += entry.value;
  });
  shifts.observe({ type: "layout-shift", buffered: true });
  addEventListener("error", (event) => found.errors.push(event.message || event.target?.src || event.target?.href), true);
  addEventListener("securitypolicyviolation", (event) => found.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  const complain = console.error;
  console.error = (...words) => { found.errors.push(words.join(" ")); complain(...words); };

  function move(card) {
    const sliders = [...card.querySelectorAll("input")];
    for (const share of [0.1, 0.3, 0.55, 0.9]) {
      sliders.forEach((slider, index) => {
        const place = slider.type === "range" ? share : (share + 0.37 * index) % 1;
        slider.value = Number(slider.min) + place * (Number(slider.max) - Number(slider.min));
      });
      card.dispatchEvent(new Event("input", { bubbles: true }));
      found.moved.push({
        card: card.id,
        name: card.getAttribute("aria-label"),
        inputs: sliders.map((slider) => Number(slider.value)),
        outputs: [...card.querySelectorAll("output[data-p]")].map((output) => output.textContent),
        entries: [...card.querySelectorAll("[data-o]")].map((node) => node.textContent),
        labels: sliders.map((slider) => slider.getAttribute("aria-label")),
        numbers: [...card.querySelectorAll("mn[data-v]")].map((node) => [Number(node.dataset.v), node.textContent]),
        dots: [...card.querySelectorAll("svg[data-p] circle")].map((dot) => [dot.getAttribute("visibility"), Number(dot.getAttribute("cx"))]),
      });
    }
  }

  function scrolls(node) {
    for (let at = node; at && at !== document.body; at = at.parentElement) {
      if (["auto", "scroll", "hidden"].includes(getComputedStyle(at).overflowX)) return true;
    }
    return false;
  }

  function measure() {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) found.overflow.push(`page ${document.documentElement.scrollWidth} > ${width}`);
    for (const node of document.body.querySelectorAll("*")) {
      const box = node.getBoundingClientRect();
      if (box.width && box.right > width + 1 && !node.closest("svg") && !scrolls(node.parentElement)) {
        found.overflow.push(`${node.localName}.${node.className} ${Math.round(box.right)}`);
      }
    }
  }

  function look() {
    for (const node of document.querySelectorAll("a[href], button, input, summary, [tabindex]")) {
      const copy = node.cloneNode(true);
      for (const math of copy.querySelectorAll("math")) math.remove();
      const name = node.getAttribute("aria-label") || copy.textContent.trim() || node.labels?.[0]?.textContent.trim();
      if (!name && !node.closest("math, .formula")) found.unnamed.push(node.outerHTML.slice(0, 120));
    }
    for (const button of document.querySelectorAll("[popovertarget]")) {
      button.click();
      const popover = document.getElementById(button.getAttribute("popovertarget"));
      const box = popover.getBoundingClientRect();
      const inside = box.left >= -1 && box.right <= document.documentElement.clientWidth + 1;
      if (!popover.matches(":popover-open") || !inside) found.popovers.push(`${popover.id} ${Math.round(box.left)} ${Math.round(box.right)}`);
      popover.hidePopover();
    }
  }

  // Every text against what it stands on, by WCAG's measure.
  function channels(color) {
    const [r, g, b, a = 1] = color.match(/[\d.]+(?:e-?\d+)?/g).map(Number);
    return color.startsWith("color(srgb") ? [r, g, b, a] : [r / 255, g / 255, b / 255, a];
  }

  function luminance(rgb) {
    const [r, g, b] = rgb.map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function ground(node) {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.unshift(channels(getComputedStyle(at).backgroundColor));
    return layers.reduce((under, [r, g, b, a]) => [r, g, b].map((c, i) => c * a + under[i] * (1 - a)), [1, 1, 1]);
  }

  function contrasts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || !node.checkVisibility({ visibilityProperty: true }) || node.closest("option, script")) continue;
      const style = getComputedStyle(node);
      const text = channels(node.closest("svg text") ? style.fill : style.color).slice(0, 3);
      const [dark, light] = [luminance(text), luminance(ground(node))].sort((u, v) => u - v);
      const ratio = (light + 0.05) / (dark + 0.05);
      if (ratio < 4.5) found.faint.push(`${ratio.toFixed(2)} ${node.localName}.${node.className} ${walker.currentNode.data.slice(0, 30)}`);
    }
  }

  function walk() {
    const key = () => document.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", ctrlKey: true, bubbles: true }));
    scrollTo(0, 0);
    for (let step = 0; step < 3; step += 1) {
      key();
      found.walked.push(document.activeElement.getAttribute("popovertarget"));
    }
  }

  function copy() {
    for (const selector of [".deriv .rhs", "article p:has([data-tex])"]) {
      const node = document.querySelector(selector);
      if (!node) continue;
      getSelection().selectAllChildren(node);
      const data = new DataTransfer();
      node.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true }));
      found.copied.push(data.getData("text/plain"));
    }
    getSelection().removeAllRanges();
  }

  function preview(done) {
    const link = document.querySelector(".eqref, .glossary a[href^='#f']");
    if (!link) { done(); return; }
    link.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    setTimeout(() => {
      const box = document.getElementById("preview");
      found.preview = box.hidden ? "hidden" : box.textContent.trim();
      document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
      if (!box.hidden) found.errors.push("Escape does not close the preview");
      done();
    }, 400);
  }

  addEventListener("load", () => setTimeout(() => {
    shifts.disconnect();
    found.width = innerWidth;
    measure();
    for (const card of document.querySelectorAll(".alive")) move(card);
    for (const details of document.querySelectorAll("details")) details.open = true;
    contrasts();
    look();
    walk();
    copy();
    preview(() => { parent.postMessage(JSON.stringify(found), "*"); });
  }, 500));
})();
