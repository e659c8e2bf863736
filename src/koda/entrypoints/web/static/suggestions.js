// Suggestions while somebody types a search: a combobox with a listbox, as WAI-ARIA describes it.
// Without this file, or where the site does not answer, the form searches for what was typed.
(() => {
  "use strict";

  const WAIT = 150; // milliseconds without another letter
  const PARAMETERS = { app: "apps" }; // where a filter is not called as its kind

  const template = document.querySelector("template[data-suggestions]");
  const form = template.closest("form");
  const field = form.elements.q;
  form.append(template.content);
  const list = form.querySelector("[role=listbox]");
  const status = form.querySelector("[role=status]");
  const told = template.dataset.told.split("|");

  let options = [];
  let active = -1;
  let timer;
  let asking = new AbortController();

  const part = (name, text) => {
    const span = document.createElement("span");
    span.className = name;
    span.dir = "auto";
    span.textContent = text;
    return span;
  };

  const kindOf = ({ kind, count }) => {
    const number = count === null ? "" : count.toLocaleString(document.documentElement.lang);
    return [template.dataset[kind], number].filter(Boolean).join(" · ");
  };

  const addressOf = ({ kind, text, automation_id: id }) =>
    id
      ? template.dataset.listing.replace("LISTING", encodeURIComponent(id))
      : `${form.action}?${new URLSearchParams({ [PARAMETERS[kind] ?? kind]: text })}`;

  // A link, so that it is followed by mouse, by touch and into another tab as any other.
  const optionOf = (item, number) => {
    const option = document.createElement("a");
    option.id = `${list.id}-${number}`;
    option.href = addressOf(item);
    option.tabIndex = -1;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.append(part("suggested", item.label), " ", part("suggested-as", kindOf(item)));
    return option;
  };

  const activate = (number) => {
    if (options[active]) options[active].setAttribute("aria-selected", "false");
    active = number;
    const option = options[active];
    if (option) {
      option.setAttribute("aria-selected", "true");
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  };

  const show = (items) => {
    activate(-1);
    options = items.map(optionOf);
    list.replaceChildren(...options);
    list.hidden = !options.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = options.length ? told[options.length - 1] : "";
  };

  const fetchItems = async (text, signal) => {
    const address = `${template.dataset.suggestions}?${new URLSearchParams({ q: text })}`;
    const response = await fetch(address, { credentials: "same-origin", signal });
    return response.ok ? (await response.json()).items : [];
  };

  // Whoever asks again gives up the answer before, so that none comes after a newer one.
  const ask = async () => {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const text = field.value.trim();
    const items = text ? await fetchItems(text, signal).catch(() => []) : [];
    if (!signal.aborted && document.activeElement === field) show(items);
  };

  const close = () => {
    clearTimeout(timer);
    asking.abort();
    show([]);
  };

  // Behind the last option and before the first one is the field itself.
  const step = (by) => {
    const places = options.length + 1;
    activate(((active + 1 + by + places) % places) - 1);
  };

  // What a key does, where it does not do what it does in any field.
  const actionOf = (key) => {
    if (key === "ArrowDown") return list.hidden ? ask : () => step(1);
    if (key === "ArrowUp") return list.hidden ? ask : () => step(-1);
    if (key === "Escape" && !list.hidden) return close;
    if (active < 0) return undefined;
    const last = options.length - 1;
    const chosen = { Enter: () => options[active].click(), Home: () => activate(0), End: () => activate(last) };
    return chosen[key];
  };

  field.type = "text"; // HTML lets only this one be a combobox
  field.enterKeyHint = "search";
  field.autocomplete = "off";
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  field.addEventListener("input", () => {
    activate(-1);
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    const modified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    const action = event.isComposing || modified ? undefined : actionOf(event.key);
    if (!action) return;
    event.preventDefault();
    action();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field stays in focus
  form.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget !== field && !list.contains(relatedTarget)) close();
  });
  form.addEventListener("submit", close);
  window.addEventListener("pagehide", close);
})();
