"use strict";
(() => {
  const number = cell => cell.dataset.v === undefined ? null : cell.dataset.v === "" ? NaN : Number(cell.dataset.v);
  const compare = (a, b) => {
    const x = number(a), y = number(b);
    if (x === null) return a.textContent.localeCompare(b.textContent);
    return Number.isNaN(x) - Number.isNaN(y) || x - y;
  };

  // Sorting: a click on a heading sorts, another one turns the order; empty cells stay last.
  const sort = (table, column, heading) => {
    const up = heading.getAttribute("aria-sort") !== "ascending";
    const body = table.tBodies[0];
    const rows = [...body.rows];
    rows.sort((r, s) => {
      const a = r.cells[column], b = s.cells[column];
      const empty = a.dataset.v === "" || b.dataset.v === "";
      return empty || up ? compare(a, b) : compare(b, a);
    });
    body.append(...rows);
    table.querySelectorAll("th[aria-sort]").forEach(th => th.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
  };

  // Searching: rows that hold every word stay.
  const search = (table, input, shown) => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every(word => text.includes(word));
      left += !row.hidden;
    }
    shown.textContent = words.length ? `${left} of ${table.tBodies[0].rows.length} rows` : "";
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((th, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...th.childNodes);
      button.addEventListener("click", () => sort(table, column, th));
      th.append(button);
    });
    const tools = document.createElement("p");
    const label = document.createElement("label");
    const input = document.createElement("input");
    const shown = document.createElement("span");
    tools.className = "tools";
    input.type = "search";
    shown.setAttribute("aria-live", "polite");
    label.append("Search ", input);
    input.addEventListener("input", () => search(table, input, shown));
    tools.append(label, shown);
    table.parentNode.before(tools);
  }

  // Tooltips: the <title> of a point, at once, also by keyboard.
  const box = document.getElementById("tooltip");
  const show = point => {
    const place = point.getBoundingClientRect();
    box.textContent = point.dataset.tip;
    box.hidden = false;
    const left = Math.min(place.left, document.documentElement.clientWidth - box.offsetWidth - 8);
    box.style.left = `${Math.max(4, left) + window.scrollX}px`;
    box.style.top = `${place.bottom + 8 + window.scrollY}px`;
  };
  const hide = () => { box.hidden = true; };
  for (const point of document.querySelectorAll("svg .tip")) {
    const title = point.querySelector("title");
    point.dataset.tip = title.textContent;
    point.setAttribute("aria-label", title.textContent);
    title.remove();
    point.addEventListener("mouseenter", () => show(point));
    point.addEventListener("focus", () => show(point));
    point.addEventListener("mouseleave", hide);
    point.addEventListener("blur", hide);
  }
  document.addEventListener("keydown", event => { if (event.key === "Escape") hide(); });

  // Details are open on paper, but for the meanings of columns.
  const details = [...document.querySelectorAll("details:not(.glossary)")];
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = details.filter(d => !d.open);
    closed.forEach(d => { d.open = true; });
  });
  window.addEventListener("afterprint", () => closed.forEach(d => { d.open = false; }));
})();
