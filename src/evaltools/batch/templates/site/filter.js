"use strict";
// Lets a reader narrow the list of reports. Without it, all are shown.
(() => {
  const lists = [...document.querySelectorAll("main .reports")];
  const rows = lists.flatMap((list) => [...list.children]);
  if (rows.length < 10) return;
  const textOf = (row, name) => row.querySelector("." + name)?.textContent ?? "";
  const field = (label, made) => {
    const whole = document.createElement("label");
    whole.append(label, made);
    made.addEventListener("input", narrow);
    return whole;
  };
  const choice = (name, all) => {
    const made = document.createElement("select");
    const texts = [...new Set(rows.map((row) => textOf(row, name)))].filter(Boolean).sort((a, b) => a.localeCompare(b, "nl"));
    made.append(new Option(all, ""), ...texts.map((text) => new Option(text)));
    return made;
  };
  const words = document.createElement("input");
  words.type = "search";
  const places = choice("municipality", "alle gemeenten");
  const questions = choice("question", "alle vragen");
  const found = document.createElement("p");
  found.setAttribute("role", "status");
  function narrow() {
    const asked = words.value.trim().toLocaleLowerCase("nl").split(/\s+/);
    let n = 0;
    for (const list of lists) {
      const section = list.closest("section");
      const title = section.querySelector("h2").textContent;
      for (const row of list.children) {
        const text = (title + " " + row.textContent).toLocaleLowerCase("nl");
        row.hidden = !(
          (!places.value || textOf(row, "municipality") === places.value) &&
          (!questions.value || textOf(row, "question") === questions.value) &&
          asked.every((word) => text.includes(word))
        );
        n += !row.hidden;
      }
      section.hidden = [...list.children].every((row) => row.hidden);
    }
    found.textContent = n === 1 ? "1 rapport" : n + " rapporten";
  }
  const filter = document.createElement("div");
  filter.className = "filter";
  filter.setAttribute("role", "search");
  filter.append(field("Zoek", words), field("Gemeente", places), field("Vraag", questions), found);
  document.querySelector("main section").before(filter);
  narrow();
})();
