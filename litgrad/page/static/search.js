// The list of posts is all there without this file; it narrows the list to what is searched for.
"use strict";
(() => {
  const field = document.getElementById("q");
  const hits = document.getElementById("hits");
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const posts = [...document.querySelectorAll(".posts > li[data-words]")].map((item) => {
    const functions = [...item.querySelectorAll(".functions a")].map((link) => [link, fold(link.textContent)]);
    const head = fold(`${item.querySelector("h2").textContent} ${item.querySelector(".soft").textContent}`);
    return { item, head, functions, details: item.querySelector(".functions"), words: fold(item.dataset.words).split(" ") };
  });

  // 3 in the title, 2 a function, 1 a word that begins so, 0 nowhere.
  function score(post, part) {
    if (post.head.includes(part)) return 3;
    if (post.functions.some(([, name]) => name.includes(part))) return 2;
    return post.words.some((word) => word.startsWith(part)) ? 1 : 0;
  }

  function search() {
    const parts = fold(field.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const post of posts) {
      const scores = parts.map((part) => score(post, part));
      post.item.hidden = scores.includes(0);
      found += post.item.hidden ? 0 : 1;
      post.rank = scores.reduce((sum, each) => sum + each, 0);
      for (const [link, name] of post.functions) {
        link.classList.toggle("lit", parts.some((part) => name.includes(part)));
      }
      if (post.details) post.details.open = parts.length > 0 && Boolean(post.details.querySelector(".lit"));
    }
    const ranked = parts.length ? [...posts].sort((a, b) => b.rank - a.rank) : posts;
    for (const post of ranked) post.item.parentNode.append(post.item);
    hits.textContent = parts.length ? `${found} of ${posts.length} posts` : "";
    const address = new URL(location.href);
    address.hash = parts.length ? `q=${encodeURIComponent(field.value)}` : "";
    try { history.replaceState(null, "", address); } catch { /* a page from disk may not have a history */ }
  }

  field.addEventListener("input", search);
  if (location.hash.startsWith("#q=")) {
    field.value = decodeURIComponent(location.hash.slice(3));
    search();
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target === field) { field.value = ""; search(); }
  });
})();
