// The wire: posts that are tried again under the same id, uploads, and the event stream.

import { language } from "./texts.js";

/** The server answered, and said no: `kind` is the fixed name, `message` the sentence to show. */
export class Refused extends Error {
  constructor(told, status) {
    super(told?.text ?? "");
    this.kind = told?.error ?? "";
    this.mayPass = status >= 500;
  }
}

/** An id that makes a deed the same deed, however often it is posted. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** How long is waited before each try, in milliseconds. */
const TRIES = [0, 400, 1000, 2500, 5000];
const PATIENCE = 20_000;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Tries until the server answers for good. */
async function persist(attempt) {
  let last;
  for (const wait of TRIES) {
    if (wait) await pause(wait);
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof Refused && !error.mayPass) throw error;
      last = error;
    }
  }
  throw last;
}

/** Ids of posts that failed, although they may have arrived. */
const unanswered = new Map();

/** What failed before is settled: a new message has come. */
export function forgetUnanswered() {
  unanswered.clear();
}

/** Posts something. After a failure the same thing is posted again under the same id. */
export async function post(path, body) {
  const key = path + JSON.stringify(body);
  const id = unanswered.get(key) ?? newId();
  unanswered.set(key, id);
  const result = await persist(async () => {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", "accept-language": language() },
      body: JSON.stringify({ id, ...body }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const told = await answer.json().catch(() => null);
    if (!answer.ok) throw new Refused(told, answer.status);
    return told;
  });
  unanswered.delete(key);
  return result;
}

/** Uploads a photo; `progress` is called with a share from 0 to 1. */
export function upload(file, id, progress) {
  return persist(() => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/photo");
    request.setRequestHeader("accept-language", language());
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status === 200) resolve(request.response);
      else reject(new Refused(request.response, request.status));
    };
    request.onerror = () => reject(new Error("network"));
    const form = new FormData();
    form.append("id", id);
    form.append("file", file);
    request.send(form);
  }));
}

/** How long a broken stream is not spoken of, and how soon a closed one is opened again. */
const SILENT_BREAK = 1500;
const REOPEN = 1500;
/** A hidden page gives its connection back after a while: browsers allow only a few. */
const HIDDEN_FOR = 30_000;

/** The history as it grows. `on` has `entry`, `settled`, `erased` and `connected(bool)`. */
export class Stream {
  #on;
  #revision = 0;
  #source = null;
  #timer = null;
  #silence = null;
  #isOver = false;

  constructor(on) {
    this.#on = on;
    document.addEventListener("visibilitychange", () => this.#follow());
    this.open();
  }

  open() {
    if (this.#isOver || this.#source) return;
    const source = new EventSource(`/events?since=${this.#revision}`);
    this.#source = source;
    source.onopen = () => this.#connected(true);
    source.onerror = () => {
      this.#connected(false);
      // The browser tries again by itself unless the server answered with an error.
      if (source.readyState === EventSource.CLOSED) this.#close(REOPEN);
    };
    source.addEventListener("entry", (event) => {
      this.#revision = Math.max(this.#revision, Number(event.lastEventId));
      this.#on.entry(JSON.parse(event.data));
    });
    source.addEventListener("settled", () => this.#on.settled());
    source.addEventListener("erased", () => {
      this.#isOver = true;
      this.#close();
      this.#connected(true);
      this.#on.erased();
    });
  }

  #close(reopenAfter) {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#timer);
    if (reopenAfter) this.#timer = setTimeout(() => this.open(), reopenAfter);
  }

  #follow() {
    if (document.hidden) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#close(), HIDDEN_FOR);
    } else {
      clearTimeout(this.#timer);
      this.open();
    }
  }

  #connected(isConnected) {
    if (isConnected) {
      clearTimeout(this.#silence);
      this.#silence = null;
      this.#on.connected(true);
    } else {
      // Every further failure is the same break.
      this.#silence ??= setTimeout(() => this.#on.connected(false), SILENT_BREAK);
    }
  }
}
