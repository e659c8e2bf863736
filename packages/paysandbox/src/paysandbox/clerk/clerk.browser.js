// A small stand-in for Clerk's own script, written for the sandbox: the part of its interface that
// a site with sign-in, sign-up and a user button uses. It asks for no password, and looks plain.
// The real one is described at https://clerk.com/docs/reference/javascript/clerk
(() => {
  "use strict";

  const EVERY = 5000;
  const EARLY = 15;
  const tag = document.currentScript;
  const base = tag.src.slice(0, tag.src.indexOf("/npm/"));

  class ClerkAPIError extends Error {}

  const ask = async (method, path, form) => {
    const verb = method === "GET" ? "" : `?_method=${method}`;
    const response = await fetch(`${base}/v1/client${path}${verb}`, {
      method: method === "GET" ? "GET" : "POST",
      credentials: "include",
      body: form && new URLSearchParams(form),
    });
    const answer = await response.json();
    if (!response.ok) throw new ClerkAPIError(answer.errors[0].message);
    return answer;
  };

  const claimsOf = (token) =>
    JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));

  const remember = (token) => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    const life = token ? "" : "; Max-Age=0";
    document.cookie = `__session=${token}; Path=/; SameSite=Lax${life}${secure}`;
  };

  class Session {
    constructor(told) {
      this.id = told.id;
      this.status = told.status;
      this.user = told.user;
      this.token = told.last_active_token.jwt;
    }

    async getToken() {
      if (claimsOf(this.token).exp - EARLY < Date.now() / 1000) {
        this.token = (await ask("POST", `/sessions/${this.id}/tokens`)).jwt;
      }
      remember(this.token);
      return this.token;
    }
  }

  const element = (name, attributes, ...children) => {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...children);
    return made;
  };

  const field = (label, name, type, autocomplete) =>
    element("label", { class: "cl-field" }, label,
      element("input", { name, type, autocomplete, required: "", maxlength: "200" }));

  const form = (title, fields, action, other, send) => {
    const problem = element("p", { role: "alert" });
    const made = element("form", { class: "cl-card" },
      element("h2", {}, title), ...fields, problem,
      element("button", { type: "submit" }, action), other);
    made.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        await send(Object.fromEntries(new FormData(made)));
      } catch (error) {
        problem.textContent = error.message;
      }
    });
    return made;
  };

  class Clerk {
    constructor() {
      this.publishableKey = tag.dataset.clerkPublishableKey;
      this.loaded = false;
      this.listeners = new Set();
    }

    async load(options = {}) {
      this.options = options;
      this.take((await ask("GET", "")).response);
      this.loaded = true;
      if (this.session) await this.session.getToken();
      setInterval(() => this.look(), EVERY);
    }

    take(client) {
      const [told] = client ? client.sessions : [];
      if (!told) this.session = null;
      else if (!this.session || this.session.id !== told.id) this.session = new Session(told);
      this.client = client;
      this.user = this.session && this.session.user;
      if (!this.session) remember("");
      this.listeners.forEach((listener) => listener(this.state()));
    }

    state() {
      return { client: this.client, session: this.session, user: this.user };
    }

    addListener(listener) {
      this.listeners.add(listener);
      if (this.loaded) listener(this.state());
      return () => this.listeners.delete(listener);
    }

    async look() {
      if (!this.session || document.hidden) return;
      try {
        await this.session.getToken();
      } catch (error) {
        if (error instanceof ClerkAPIError) this.take((await ask("GET", "")).response);
      }
    }

    async signOut(wanted = {}) {
      this.take((await ask("DELETE", "/sessions")).response);
      if (typeof wanted === "function") await wanted();
      else location.assign(wanted.redirectUrl || this.options.afterSignOutUrl || "/");
    }

    async enter(path, given, next) {
      const answer = await ask("POST", path, given);
      this.session = null;
      this.take(answer.client);
      await this.session.getToken();
      location.assign(next || "/");
    }

    mountSignIn(node, props = {}) {
      const next = props.forceRedirectUrl || props.fallbackRedirectUrl;
      const other = element("p", {}, "No account yet? ",
        element("a", { href: props.signUpUrl || this.options.signUpUrl }, "Sign up"));
      node.replaceChildren(form("Sign in", [
        field("E-mail address or username", "identifier", "text", "username"),
      ], "Continue", other, (given) => this.enter("/sign_ins", given, next)));
    }

    mountSignUp(node, props = {}) {
      const next = props.forceRedirectUrl || props.fallbackRedirectUrl;
      const other = element("p", {}, "Have an account? ",
        element("a", { href: props.signInUrl || this.options.signInUrl }, "Sign in"));
      node.replaceChildren(form("Create your account", [
        field("First name", "first_name", "text", "given-name"),
        field("Last name", "last_name", "text", "family-name"),
        field("E-mail address", "email_address", "email", "email"),
      ], "Continue", other, (given) => this.enter("/sign_ups", given, next)));
    }

    mountUserButton(node) {
      const name = [this.user.first_name, this.user.last_name].filter(Boolean).join(" ");
      const picture = element("img", { src: this.user.image_url, alt: "", width: 28, height: 28 });
      const leave = element("button", { type: "button" }, "Sign out");
      leave.addEventListener("click", () => this.signOut());
      const summary = element("summary", { "aria-label": "Open user menu" }, picture);
      const menu = element("div", { class: "cl-menu" }, element("p", {}, name), leave);
      node.replaceChildren(element("details", { class: "cl-user" }, summary, menu));
    }

    unmountSignIn(node) {
      node.replaceChildren();
    }

    unmountSignUp(node) {
      node.replaceChildren();
    }

    unmountUserButton(node) {
      node.replaceChildren();
    }
  }

  const style = element("style", {}, `
    .cl-card { display: grid; gap: 1rem; padding: 2rem; border: 1px solid #8886; border-radius: 12px }
    .cl-card h2, .cl-card p { margin: 0 } .cl-card p:empty { display: none }
    .cl-field { display: grid; gap: .3rem; font-weight: 500 }
    .cl-card input { font: inherit; padding: .55rem .7rem; border: 1px solid #8889; border-radius: 8px }
    .cl-card button { font: inherit; padding: .6rem; border: 0; border-radius: 8px; background: #2f3037; color: #fff }
    .cl-user { position: relative } .cl-user summary { list-style: none; cursor: pointer; line-height: 0 }
    .cl-user summary img { border-radius: 50% }
    .cl-menu { position: absolute; right: 0; z-index: 5; width: max-content; padding: .8rem 1rem; border: 1px solid #8886; border-radius: 10px; background: Canvas; color: CanvasText }
    .cl-menu p { margin: 0 0 .5rem } .cl-menu button { font: inherit; padding: .3rem .7rem }`);
  document.head.append(style);
  window.Clerk = new Clerk();
})();
