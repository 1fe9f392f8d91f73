// Loaded first into a page under test; tells the page around it what it saw.
"use strict";
(() => {
  const found = { errors: [], violations: [], moved: [], overflow: [], unnamed: [], popovers: [], preview: "", width: 0 };
  addEventListener("error", (event) => found.errors.push(event.message || event.target?.src || event.target?.href), true);
  addEventListener("securitypolicyviolation", (event) => found.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  const complain = console.error;
  console.error = (...words) => { found.errors.push(words.join(" ")); complain(...words); };

  function move(card) {
    const sliders = [...card.querySelectorAll("input")];
    for (const share of [0.1, 0.3, 0.55, 0.9]) {
      for (const slider of sliders) {
        slider.value = Number(slider.min) + share * (Number(slider.max) - Number(slider.min));
      }
      card.dispatchEvent(new Event("input", { bubbles: true }));
      found.moved.push({
        card: card.id,
        name: card.getAttribute("aria-label"),
        inputs: sliders.map((slider) => Number(slider.value)),
        outputs: [...card.querySelectorAll("output[data-p]")].map((output) => output.textContent),
        numbers: [...card.querySelectorAll("mn[data-v]")].map((node) => [Number(node.dataset.v), node.textContent]),
        dots: [...card.querySelectorAll("circle")].map((dot) => [dot.getAttribute("visibility"), Number(dot.getAttribute("cx"))]),
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
      const name = node.getAttribute("aria-label") || node.textContent.trim() || node.labels?.[0]?.textContent.trim();
      if (!name && !node.closest("math")) found.unnamed.push(node.outerHTML.slice(0, 120));
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

  function preview(done) {
    const link = document.querySelector(".eqref, .glossary a[href^='#']");
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

  addEventListener("load", () => {
    found.width = innerWidth;
    measure();
    for (const card of document.querySelectorAll(".alive")) move(card);
    look();
    preview(() => { parent.postMessage(JSON.stringify(found), "*"); });
  });
})();
