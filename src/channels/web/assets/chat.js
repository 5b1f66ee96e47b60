// The page: opens the conversation and joins log, field, menu and photos.

import { Log } from "./log.js";
import { Photos } from "./photos.js";
import { markLanguage, speak, text } from "./texts.js";
import { forgetUnanswered, post, Refused, Stream } from "./wire.js";

const byId = (id) => document.getElementById(id);
const words = byId("words");
const trouble = byId("trouble");
const DRAFT = "dupi-draft";

/** How long controls stay held when nothing follows a press, in milliseconds. */
const HOLD = 4000;

const log = new Log({
  press: (token) => act("/press", { token }),
  choose: (question, choices) => act("/choose", { question, choices }),
  pickPhoto: () => byId("photo-files").click(),
  takePhoto: () => byId("photo-camera").click(),
});
const photos = new Photos(() => log.toEnd());

/** Posts what a person did; returns whether it arrived. */
async function act(path, body) {
  tell("");
  try {
    await post(path, body);
    setTimeout(() => log.release(), HOLD);
    return true;
  } catch (error) {
    log.release();
    if (error instanceof Refused && error.kind === "no_conversation") end();
    else tell((error instanceof Refused && error.message) || text("not-sent"));
    return false;
  }
}

/** Shows what went wrong; an empty text takes it away. */
function tell(sentence) {
  trouble.hidden = !sentence;
  trouble.querySelector("span").textContent = sentence;
}
trouble.querySelector("button").addEventListener("click", () => {
  tell("");
  words.focus();
});

// The field: what is not sent stays, over a failure and over a reload.
let isSaying = false;

function fit() {
  words.style.height = "auto";
  words.style.height = `${words.scrollHeight}px`;
  byId("send").setAttribute("aria-disabled", String(!words.value.trim() || isSaying));
  sessionStorage.setItem(DRAFT, words.value);
}

async function say() {
  const said = words.value.trim();
  if (!said || isSaying) return;
  isSaying = true;
  words.readOnly = true;
  fit();
  const hasArrived = await act("/say", { text: said });
  isSaying = false;
  words.readOnly = false;
  if (hasArrived) words.value = "";
  fit();
}

words.value = sessionStorage.getItem(DRAFT) ?? "";
words.addEventListener("input", fit);
words.addEventListener("keydown", (event) => {
  // Enter that ends a Korean syllable sends nothing.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  say();
});
byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  say();
});
byId("add-photo").addEventListener("click", () => byId("photo-files").click());
byId("jump").addEventListener("click", () => log.toEnd());
fit();

// The menu.
for (const button of document.querySelectorAll("#menu [data-token]")) {
  button.addEventListener("click", () => {
    byId("menu").hidePopover();
    act("/press", { token: button.dataset.token });
  });
}
markLanguage();

/** The conversation is gone: here or in another tab, the person has erased everything. */
function end() {
  sessionStorage.removeItem(DRAFT);
  document.body.classList.add("erased");
  byId("log").replaceChildren();
  byId("erased").hidden = false;
  byId("erased-title").focus();
}
byId("start-again").addEventListener("click", () => location.reload());

/** Asks for the conversation, and goes on asking until there is an answer. */
async function open() {
  try {
    // Two tabs that are opened at once share one conversation.
    const ask = () => post("/open", {});
    await (navigator.locks ? navigator.locks.request("dupi-open", ask) : ask());
  } catch (error) {
    if (error instanceof Refused && !error.mayPass) return tell(error.message);
    connected(false);
    setTimeout(open, 2000);
    return;
  }
  connected(true);
  new Stream({
    entry(entry) {
      forgetUnanswered();
      if (entry.who === "person" && entry.photo) photos.arrived();
      log.put(entry);
    },
    settled() {
      log.settle();
      speak(log.language() ?? document.documentElement.lang);
    },
    erased: end,
    connected,
  });
}

function connected(isConnected) {
  byId("connection").hidden = isConnected;
}

open();
