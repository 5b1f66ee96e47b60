// Photos on their way: picked, dropped or pasted, shown at once, sent one after the other.

import { make } from "./controls.js";
import { text } from "./texts.js";
import { newId, Refused, upload } from "./wire.js";

const MOST_BYTES = 20 * 1024 * 1024;

export class Photos {
  #pending = document.getElementById("pending");
  #shown;
  /** Waiting, being sent, or sent and not yet in the history; the oldest first. */
  #queue = [];
  #isSending = false;

  /** `shown` is called after a preview was added. */
  constructor(shown) {
    this.#shown = shown;
    for (const id of ["photo-files", "photo-camera"]) {
      const input = document.getElementById(id);
      input.addEventListener("change", () => {
        this.add(input.files);
        input.value = "";
      });
    }
    this.#acceptDrops();
    document.addEventListener("paste", (event) => {
      if (event.clipboardData?.files.length) {
        event.preventDefault();
        this.add(event.clipboardData.files);
      }
    });
  }

  add(files) {
    for (const file of files) {
      const photo = { file, id: newId(), ...preview(file) };
      this.#pending.append(photo.element);
      if (file.size > MOST_BYTES) {
        this.#fail(photo, text("photo-too-large"), false);
      } else {
        this.#queue.push(photo);
      }
    }
    this.#shown();
    this.#send();
  }

  /** A photo has come into the history: its preview has done its work. */
  arrived() {
    const photo = this.#queue.find((candidate) => !candidate.hasArrived);
    if (!photo) return;
    photo.hasArrived = true;
    photo.element.remove();
    if (photo.isSent) this.#drop(photo);
  }

  async #send() {
    if (this.#isSending) return;
    this.#isSending = true;
    for (let photo; (photo = this.#queue.find((candidate) => !candidate.isSent)); ) {
      try {
        const progress = (share) => { photo.progress.value = share; };
        const { result } = await upload(photo.file, photo.id, progress);
        photo.isSent = true;
        photo.element.classList.add("sent");
        if (photo.hasArrived || result !== "accepted") this.#drop(photo);
        // Should the history be late, the preview is not left behind.
        else setTimeout(() => this.#drop(photo), 5000);
      } catch (error) {
        this.#queue = this.#queue.filter((other) => other !== photo);
        const reason = error instanceof Refused && error.message;
        const isFinal = error instanceof Refused && !error.mayPass;
        this.#fail(photo, reason || text("photo-not-sent"), !isFinal);
      }
    }
    this.#isSending = false;
  }

  #drop(photo) {
    this.#queue = this.#queue.filter((other) => other !== photo);
    photo.element.remove();
    if (photo.address) URL.revokeObjectURL(photo.address);
    photo.address = null;
  }

  #fail(photo, reason, mayTryAgain) {
    if (!photo.element.isConnected) this.#pending.append(photo.element);
    const notice = make("div", "failure");
    notice.setAttribute("role", "alert");
    notice.append(make("p", "", reason));
    const line = make("div", "row");
    const discard = make("button", "control quiet", text("discard"));
    discard.addEventListener("click", () => this.#drop(photo));
    line.append(discard);
    if (mayTryAgain) {
      const again = make("button", "control main", text("try-again"));
      again.addEventListener("click", () => {
        notice.remove();
        photo.progress.hidden = false;
        photo.hasArrived = false;
        this.#queue.push(photo);
        this.#send();
      });
      line.append(again);
    }
    notice.append(line);
    photo.progress.hidden = true;
    photo.element.append(notice);
    this.#shown();
  }

  #acceptDrops() {
    let depth = 0;
    const follow = (event, change) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      depth = change === 0 ? 0 : depth + change;
      document.body.classList.toggle("dropping", depth > 0);
    };
    document.addEventListener("dragenter", (event) => follow(event, 1));
    document.addEventListener("dragleave", (event) => follow(event, -1));
    document.addEventListener("dragover", (event) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
    document.addEventListener("drop", (event) => {
      follow(event, 0);
      if (event.dataTransfer?.files.length) this.add(event.dataTransfer.files);
    });
  }
}

/** A photo as this device sees it, with the progress of its sending. */
function preview(file) {
  const element = make("figure", "preview");
  const address = URL.createObjectURL(file);
  const image = make("img");
  image.alt = text("photo-sending");
  // Not every picture can be shown here; its name can.
  image.addEventListener("error", () => image.replaceWith(make("span", "file", file.name)));
  image.src = address;
  const progress = make("progress");
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute("aria-label", text("photo-sending"));
  element.append(image, progress);
  return { element, progress, address, isSent: false, hasArrived: false };
}
