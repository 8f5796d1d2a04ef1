/* Makes the pages quicker; every page works without it. No text of its own: sentences come from data attributes. */
(() => {
  "use strict";
  const all = (css, root = document) => [...root.querySelectorAll(css)];
  const fill = (text, value) => text.replace("#", value);
  const typing = (el) => el.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");

  /* drafts: keep the form 1.5 s after the last change */
  function autosave(form) {
    const status = form.querySelector("[data-autosave-status]");
    const say = (word, value = "") => { if (status) status.textContent = fill(status.dataset[word], value); };
    let timer, running = false, again = false;
    async function keep() {
      if (running) { again = true; return; }
      running = true; again = false; say("saving");
      const data = new FormData(form);
      for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
      const before = form.dataset.change;
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: data, headers: { "X-Requested-With": "XMLHttpRequest" } });
        if (!answer.ok || answer.redirected) throw new Error(answer.status);
        const version = answer.headers.get("X-Version"), field = form.elements.version;
        if (version && field) field.value = version;
        if (before === form.dataset.change) delete form.dataset.dirty;
        say("saved", new Date().toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" }));
      } catch { say("failed"); }
      running = false;
      if (again) keep();
    }
    form.addEventListener("input", () => { form.dataset.change = Date.now(); clearTimeout(timer); timer = setTimeout(keep, 1500); });
    form.addEventListener("submit", () => clearTimeout(timer));
  }

  /* unsaved text: the browser asks before it is lost; a form is sent once */
  document.addEventListener("input", (event) => { const form = event.target.form; if (form?.matches("[data-warn]")) form.dataset.dirty = "1"; });
  addEventListener("beforeunload", (event) => { if (all("form[data-dirty]:not([data-sent])").length) event.preventDefault(); });
  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(free, 15000, form);  // an answer that is a file leaves the page standing
    if (!button) return;
    button.setAttribute("aria-disabled", "true");
    if (form.dataset.busy) { button.dataset.was = button.textContent; button.textContent = form.dataset.busy; }
  });
  function free(form) {
    delete form.dataset.sent;
    all("[aria-disabled=true]", form).forEach((el) => { el.removeAttribute("aria-disabled"); if (el.dataset.was) el.textContent = el.dataset.was; });
  }
  addEventListener("pageshow", (event) => { if (event.persisted) all("form[data-sent]").forEach(free); });

  /* counts: letters left, rows chosen */
  function letters(note) {
    const area = document.getElementById(note.dataset.countFor);
    const show = () => { const left = note.dataset.max - area.value.length; note.textContent = left < note.dataset.max / 2 ? fill(note.dataset.text, left) : ""; };
    if (area) { area.addEventListener("input", show); show(); }
  }
  function picked(input) {
    const { filePick, fileNone, fileMany } = document.body.dataset, box = document.createElement("div"), word = document.createElement("b"), note = document.createElement("span");
    const show = () => { const { files } = input; note.textContent = files.length > 1 ? fill(fileMany, files.length) : files[0]?.name || fileNone; };
    box.className = "filepick"; word.textContent = filePick;
    input.replaceWith(box); box.append(word, note, input); show();
    input.addEventListener("change", show);
  }
  function chosen(name) {
    const boxes = all(`input[type=checkbox][name="${name}"]`), dock = document.querySelector(`[data-dock="${name}"]`), head = document.querySelector(`[data-all="${name}"]`);
    const count = boxes.filter((box) => box.checked).length, word = dock?.querySelector("[data-chosen]");
    if (dock) dock.hidden = !count;
    if (word) word.textContent = fill(word.dataset.text, count);
    if (head) { head.checked = count > 0 && count === boxes.length; head.indeterminate = count > 0 && count < boxes.length; }
  }
  document.addEventListener("change", ({ target }) => {
    if (target.dataset.all) all(`input[type=checkbox][name="${target.dataset.all}"]`).forEach((box) => { box.checked = target.checked; });
    const name = target.dataset.all || target.name;
    if (target.type === "checkbox" && name && document.querySelector(`[data-dock="${name}"]`)) chosen(name);
    if (target.matches("[data-keys-off]")) localStorage.setItem("keys", target.checked ? "off" : "on");
  });

  /* keys: rows with j k Enter, acts by data-key, verdicts by 1 2 3 */
  function move(step) {
    const rows = all("[data-row]"), here = rows.findIndex((row) => row.contains(document.activeElement) || row.matches(".here"));
    const row = rows[Math.min(rows.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
    rows.forEach((other) => other.classList.toggle("here", other === row));
    (row?.querySelector(".seg input:checked") || row?.querySelector(".seg input") || row?.querySelector("[data-open], a, button"))?.focus();
  }
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (key === "Escape") { const menu = document.querySelector("details.me[open]"); if (menu) { menu.open = false; menu.firstElementChild.focus(); } }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(target) || document.querySelector("dialog[open]")) return;
    const help = document.getElementById("phim-tat");
    if (key === "?" && help) { event.preventDefault(); help.showModal(); return; }
    if (localStorage.getItem("keys") === "off") return;
    if (/^[1-9]$/.test(key) && target.closest(".seg")) { const box = all("input", target.closest(".seg"))[key - 1]; box?.click(); box?.focus(); return; }
    if (key === "/") { const find = document.querySelector(".find"); if (find) { event.preventDefault(); find.focus(); find.select(); } return; }
    if ((key === "j" || key === "k") && document.querySelector("[data-row]")) { event.preventDefault(); move(key === "j" ? 1 : -1); return; }
    const row = target.closest("[data-row]") || document.querySelector("[data-row].here"), css = `[data-key="${CSS.escape(key)}"]`;
    const act = row?.querySelector(css) || all(css).find((el) => !el.closest("[data-row]"));
    if (!act) return;
    event.preventDefault();
    if (!act.matches("[data-key-focus]")) act.click();
    else if (document.activeElement !== act) act.focus();  // such an act is read first, then done
    else if (act.dataset.keyFocus !== "only" && !event.repeat) act.click();
  });

  document.addEventListener("click", ({ target }) => {
    const menu = document.querySelector("details.me[open]");
    if (menu && !menu.contains(target)) menu.open = false;
    if (target.closest("[data-print]")) print();
    if (target.closest("[data-keys-help]")) document.getElementById("phim-tat")?.showModal();
  });
  function start(root) {
    all("form[data-autosave]", root).forEach(autosave);
    all("[data-keys-help]", root).forEach((button) => { button.hidden = false; });
    all("input[type=file]", root).forEach(picked);
    all("[data-count-for]", root).forEach(letters);
    all("[data-dock]", root).forEach((dock) => chosen(dock.dataset.dock));
  }
  start(document);
  document.addEventListener("htmx:load", ({ target }) => { if (target !== document.body) start(target); });
  document.querySelector("[data-keys-off]")?.toggleAttribute("checked", localStorage.getItem("keys") === "off");
  const tab = document.querySelector(".tabs [aria-current]");
  if (tab) tab.closest(".tabs").scrollLeft = tab.offsetLeft - 16;  // on a telephone the open tab may lie outside
  document.querySelector("[data-focus]")?.focus();
})();
