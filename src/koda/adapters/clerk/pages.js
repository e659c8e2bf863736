// Clerk on the pages of Koda: its script comes from the instance's own Frontend API, keeps the
// session fresh while a page is open, and shows its components where a page has a place for them.
// Without this file people sign in on Clerk's own pages, and the server renews sessions by itself.
(() => {
  "use strict";

  const told = document.currentScript.dataset;
  const signedIn = "signedIn" in told;
  const PATIENCE = 5000;
  const RELOADED = "koda-renewed";
  const place = (name) => document.querySelector(`[data-place="${name}"]`);
  const signOutForm = document.querySelector("form.sign-out");

  const fetchScript = () =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${told.frontendApi}/npm/@clerk/clerk-js@5/dist/clerk.browser.js`;
      script.async = true;
      script.crossOrigin = "anonymous";
      script.dataset.clerkPublishableKey = told.publishableKey;
      if ("proxied" in told) script.dataset.clerkProxyUrl = told.frontendApi;
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => reject(new Error("Clerk's script does not load")));
      document.head.append(script);
    });

  const start = async () => {
    await fetchScript();
    await window.Clerk.load({
      signInUrl: told.signIn,
      signUpUrl: told.signUp,
      afterSignOutUrl: told.home,
      telemetry: false,
    });
    return window.Clerk;
  };

  const within = (promise) =>
    Promise.race([promise, new Promise((resolve) => setTimeout(resolve, PATIENCE))]).catch(() => {});

  // --- signing in and up -------------------------------------------------------------------

  const signInPlace = place("sign-in");
  const signUpPlace = place("sign-up");
  const formPlace = signInPlace || signUpPlace;

  const mountForms = (clerk) => {
    formPlace.querySelector("[data-waiting]").remove();
    const next = formPlace.dataset.next;
    const query = `?next=${encodeURIComponent(next)}`;
    const options = {
      routing: "hash",
      forceRedirectUrl: next,
      signInForceRedirectUrl: next,
      signUpForceRedirectUrl: next,
    };
    if (signInPlace) clerk.mountSignIn(signInPlace, { ...options, signUpUrl: told.signUp + query });
    else clerk.mountSignUp(signUpPlace, { ...options, signInUrl: told.signIn + query });
  };

  const tellOfFailure = () => {
    formPlace.hidden = true;
    document.querySelector("[data-failed]").hidden = false;
  };

  // --- being signed in ---------------------------------------------------------------------

  const mountUserButton = (clerk) => {
    const button = place("user-button");
    if (!button) return;
    clerk.mountUserButton(button);
    button.hidden = false;
    document.querySelector(".account .who").hidden = true;
    signOutForm.hidden = true;
  };

  let leaving = false;
  const signOutEverywhere = async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    leaving = true;
    await within(ready.then((clerk) => clerk.signOut(() => {})));
    signOutForm.submit();
  };

  const leave = () => {
    if (!leaving) location.assign(told.home);
    leaving = true;
  };

  // A form whose token has run out while the page slept would be refused, with all that is in it.
  const pending = new WeakSet();
  const renewed = new WeakSet();
  const renewFirst = async (event) => {
    const form = event.target;
    if (form.method !== "post" || renewed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (pending.has(form)) return;
    pending.add(form);
    await within(ready.then((clerk) => clerk.session && clerk.session.getToken()));
    // A token that still holds comes at once, and while this event is under way no form is sent.
    setTimeout(() => {
      pending.delete(form);
      renewed.add(form);
      form.requestSubmit(event.submitter);
    });
  };

  // The server took the visitor for nobody, and Clerk knows better: look again, once in a while.
  const showAgain = async (clerk) => {
    const last = Number(sessionStorage.getItem(RELOADED));
    if (!clerk.session || "posted" in told || Date.now() - last < 60000) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
    await clerk.session.getToken();
    location.reload();
  };

  if (formPlace) formPlace.querySelector("[data-waiting]").hidden = false;
  const ready = start();
  if (signedIn) {
    signOutForm.addEventListener("submit", signOutEverywhere, true);
    document.addEventListener(
      "submit",
      (event) => event.target !== signOutForm && renewFirst(event),
      true,
    );
  }
  ready.then((clerk) => {
    if (formPlace) mountForms(clerk);
    else if (!signedIn) showAgain(clerk);
    else {
      mountUserButton(clerk);
      clerk.addListener(({ user }) => user === null && leave());
    }
  }).catch(() => formPlace && tellOfFailure());
})();
