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

  // Large tables: DataTables shows the data beside them a page at a time.
  const POWERS = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹";
  const value = text => {
    const plain = text.replaceAll(",", "").replaceAll("−", "-").replace("∞", "Infinity");
    const [mantissa, power] = plain.split(" × 10");
    const exponent = [...(power || "")].map(c => "-0123456789"[POWERS.indexOf(c)]).join("");
    return mantissa === "" || mantissa === "–" ? NaN : Number(mantissa) * 10 ** Number(exponent || 0);
  };
  const escaped = text => text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
  const chip = text => text && `<span class="call call-${escaped(text.replaceAll(" ", "-"))}">${escaped(text)}</span>`;
  // A missing number stays last in either order.
  const order = (a, b, turn) => Number.isNaN(a) - Number.isNaN(b) || turn * (a - b) || 0;
  const cell = column => (text, type) => {
    if (type === "display") return column.chip ? chip(text) : `<bdi>${escaped(text)}</bdi>`;
    return type === "sort" && column.numeric ? value(text) : text;
  };

  const choice = (label, content) => {
    const made = document.createElement("label");
    made.append(`${label} `, content);
    return made;
  };
  // One call, of those that the table holds.
  const pick = (api, column, k, rows) => {
    const select = document.createElement("select");
    for (const word of ["", ...new Set(rows.map(row => row[k]))]) {
      select.add(new Option(word || "all", word));
    }
    select.addEventListener("change", () => {
      api.column(k).search(select.value ? word => word === select.value : "").draw();
    });
    return choice(column.text, select);
  };
  const show = (api, column, k) => {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = column.shown;
    box.addEventListener("change", () => api.column(k).visible(box.checked));
    const made = choice("", box);
    made.append(column.text);
    made.title = column.meaning;
    return made;
  };

  const large = table => {
    const { columns, rows } = JSON.parse(document.getElementById(`${table.id}-data`).textContent);
    table.tHead.remove();
    for (const body of [...table.tBodies]) body.remove();
    const frame = table.parentNode;
    const api = new DataTable(table, {
      data: rows,
      columns: columns.map(column => ({
        title: escaped(column.text) + (column.unit && ` <span class="unit">${escaped(column.unit)}</span>`),
        className: column.numeric ? "number" : "",
        type: column.numeric ? "shown" : "string",
        visible: column.shown,
        render: cell(column),
      })),
      order: [],
      pageLength: 25,
      deferRender: true,
      autoWidth: false,
      layout: { topStart: null, topEnd: null, bottomStart: "info", bottomEnd: "paging" },
    });
    columns.forEach((column, k) => { api.column(k).header().title = column.meaning; });
    const tools = document.createElement("div");
    tools.className = "tools";
    tools.id = `${table.id}-tools`;
    const input = document.createElement("input");
    input.type = "search";
    input.addEventListener("input", () => api.search(input.value).draw());
    tools.append(choice("Search", input));
    columns.forEach((column, k) => { if (column.chip) tools.append(pick(api, column, k, rows)); });
    const more = document.createElement("details");
    const head = document.createElement("summary");
    head.textContent = "Columns";
    more.append(head, ...columns.map((column, k) => show(api, column, k)));
    tools.append(more);
    frame.before(tools);
  };
  const tables = [...document.querySelectorAll("table.large")];
  if (tables.length) {
    DataTable.type("shown", { detect: () => false, order: { asc: (a, b) => order(a, b, 1), desc: (a, b) => order(a, b, -1) } });
    // After the first paint.
    requestAnimationFrame(() => setTimeout(() => tables.forEach(large)));
  }

  // Tooltips: the <title> of a point, at once, also by keyboard.
  const box = document.getElementById("tooltip");
  const tell = point => {
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
    point.addEventListener("mouseenter", () => tell(point));
    point.addEventListener("focus", () => tell(point));
    point.addEventListener("mouseleave", hide);
    point.addEventListener("blur", hide);
  }
  document.addEventListener("keydown", event => { if (event.key === "Escape") hide(); });
  // A figure is one stop of the Tab key: arrows, Home and End go from point to point.
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };
  for (const figure of document.querySelectorAll("svg[role]")) {
    figure.addEventListener("keydown", event => {
      const points = [...figure.querySelectorAll(".tip")], at = points.indexOf(event.target);
      if (at < 0 || !(event.key in steps)) return;
      event.preventDefault();
      const next = Math.min(Math.max(at + steps[event.key], 0), points.length - 1);
      points[at].setAttribute("tabindex", "-1");
      points[next].setAttribute("tabindex", "0");
      points[next].focus();
    });
  }

  // Details are open on paper, but for the meanings of columns.
  const details = [...document.querySelectorAll("details:not(.glossary)")];
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = details.filter(d => !d.open);
    closed.forEach(d => { d.open = true; });
  });
  window.addEventListener("afterprint", () => closed.forEach(d => { d.open = false; }));
})();
