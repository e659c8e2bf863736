// What the pages do not need but are nicer with: files travel straight to storage, with progress.
// Without this file the same form is sent whole to the site, which does the same work.
(() => {
  "use strict";

  const hex = (buffer) =>
    Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const digest = async (file) => hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));

  const typeOf = (input, file) => {
    const types = JSON.parse(input.dataset.types);
    const suffix = file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
    return types[suffix] || file.type || "application/octet-stream";
  };

  const fail = async (form, response) => {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.sentence || form.dataset.refused);
  };

  const askTicket = async (form, input, file) => {
    const response = await fetch(form.dataset.uploads, {
      method: "POST",
      credentials: "same-origin",
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": form.elements.csrf_token.value,
      },
      body: JSON.stringify({
        kind: input.dataset.upload,
        file_name: file.name,
        content_type: typeOf(input, file),
        size: file.size,
        sha256: await digest(file),
      }),
    });
    return response.ok ? response.json() : fail(form, response);
  };

  const bodyFor = (ticket, file) => {
    if (!ticket.fields) return file;
    const body = new FormData();
    Object.entries(ticket.fields).forEach(([name, value]) => body.append(name, value));
    body.append("file", file);
    return body;
  };

  const send = (form, ticket, file, tell) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(ticket.method, ticket.url);
      Object.entries(ticket.headers || {}).forEach(([name, value]) => {
        if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
      });
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) tell(event.loaded / event.total);
      });
      request.addEventListener("load", () =>
        request.status < 300
          ? resolve()
          : reject(new Error(form.dataset.storage)));
      request.addEventListener("error", () =>
        reject(new Error(form.dataset.broken)));
      request.send(bodyFor(ticket, file));
    });

  const meter = (form, input) => {
    const box = input.closest(".field").querySelector(".progress");
    const bar = box.querySelector("progress");
    const text = box.querySelector("[role=status]");
    box.hidden = false;
    return (share, words) => {
      bar.value = share;
      text.textContent = words || form.dataset.share.replace("{share}", Math.round(share * 100));
    };
  };

  const upload = async (form, input) => {
    const [file] = input.files;
    const tell = meter(form, input);
    tell(0, form.dataset.checking.replace("{file}", () => file.name));
    try {
      const ticket = await askTicket(form, input, file);
      await send(form, ticket, file, (share) => tell(share));
      form.elements[`${input.name}_upload_id`].value = ticket.upload_id;
      input.disabled = true;
      tell(1, form.dataset.done.replace("{file}", () => file.name));
    } catch (error) {
      tell(0, error.message);
      input.focus();
      throw error;
    }
  };

  const sendForm = async (event) => {
    const form = event.currentTarget;
    const waiting = Array.from(form.querySelectorAll("input[data-upload]")).filter(
      (input) => !input.disabled && input.files.length === 1);
    if (!waiting.length) return;
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    try {
      for (const input of waiting) await upload(form, input);
      form.submit();
    } catch (error) {
      button.disabled = false;
    }
  };

  if (window.isSecureContext && window.crypto && crypto.subtle) {
    document.querySelectorAll("form[data-uploads]").forEach((form) =>
      form.addEventListener("submit", sendForm));
  }

  const problems = document.querySelector("[data-problems]");
  if (problems) problems.focus();
})();
