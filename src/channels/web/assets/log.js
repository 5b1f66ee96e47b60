// The conversation as it is shown: entries by position, and which of them can be acted upon.

import { controlsOf, firstControl, hasControls, icon, make, speaking } from "./controls.js";
import { language, text } from "./texts.js";

/** How far from the end still counts as reading the end, in CSS pixels. */
const NEAR = 96;

export class Log {
  #log = document.getElementById("log");
  #scroll = document.getElementById("scroll");
  #words = document.getElementById("words");
  #act;
  /** By position: `{entry, element}`. */
  #shown = new Map();
  /** The first entry that came since the page last settled. */
  #firstNew = null;
  #isAtEnd = true;
  #isFresh = true;
  #seeksFocus = false;
  #hasActed = false;

  constructor(act) {
    this.#act = act;
    this.#log.addEventListener("click", (event) => this.#hold(event), true);
    this.#scroll.addEventListener("scroll", () => {
      document.getElementById("jump").hidden = this.#distance() < 2 * NEAR;
    }, { passive: true });
  }

  /** Shows an entry, in place of the one at its position. */
  put(entry) {
    if (this.#firstNew === null) this.#isAtEnd = this.#isFresh || this.#distance() < NEAR;
    const before = this.#shown.get(entry.position);
    const element = this.#build(entry);
    this.#shown.set(entry.position, { entry, element });
    if (before) {
      if (before.element.contains(document.activeElement)) this.#seeksFocus = true;
      before.element.replaceWith(element);
    } else {
      this.#insert(entry.position, element);
      if (entry.who === "person") this.#isAtEnd = true;
    }
    const isLater = this.#firstNew !== null && this.#firstNew.entry.position < entry.position;
    if (!isLater) this.#firstNew = this.#shown.get(entry.position);
  }

  /** All that is known so far is shown: settles controls, focus and scrolling. */
  settle() {
    this.#markDays();
    const active = this.#settleControls();
    this.#log.setAttribute("aria-busy", "false");
    if (this.#firstNew !== null) this.#settleScrolling(active);
    this.#settleFocus(active);
    this.#firstNew = null;
    this.#isFresh = false;
  }

  /** Lets controls be pressed again after a press came to nothing. */
  release() {
    for (const element of this.#log.querySelectorAll(".held")) element.classList.remove("held");
  }

  /** Goes to the end of the conversation. */
  toEnd(behavior = "smooth") {
    this.#scroll.scrollTo({ top: this.#scroll.scrollHeight, behavior });
  }

  /** The language of the newest message. */
  language() {
    const last = this.#newest((entry) => entry.who === "dupi");
    return last?.entry.content.language;
  }

  // One press at a time: a double click is one press.
  #hold(event) {
    const pressed = event.target.closest("button.control");
    if (!pressed) return;
    const controls = pressed.closest(".controls");
    if (pressed.getAttribute("aria-disabled") === "true" || controls?.classList.contains("held")) {
      event.stopPropagation();
      event.preventDefault();
    } else if (controls && !pressed.closest(".pickers")) {
      controls.classList.add("held");
      this.#hasActed = true;
    }
  }

  #distance() {
    return this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight;
  }

  #ordered() {
    return [...this.#shown.values()].sort((one, other) => one.entry.position - other.entry.position);
  }

  #newest(fits) {
    let newest = null;
    for (const shown of this.#shown.values()) {
      if (fits(shown.entry) && shown.entry.revision > (newest?.entry.revision ?? -1)) newest = shown;
    }
    return newest;
  }

  #insert(position, element) {
    let next = null;
    for (const [at, { element: other }] of this.#shown) {
      if (at > position && (next === null || at < next.at)) next = { at, other };
    }
    this.#log.insertBefore(element, next?.other ?? null);
  }

  /** Only what was asked last can be acted upon, and only what is still under way moves. */
  #settleControls() {
    const asked = this.#askedLast();
    for (const { entry, element } of this.#shown.values()) {
      const controls = element.querySelector(".controls");
      if (controls) {
        const isActive = element === asked?.element;
        if (!isActive && controls.contains(document.activeElement)) this.#seeksFocus = true;
        controls.hidden = !isActive;
        element.classList.toggle("asking", isActive);
      }
      const dots = element.querySelector(".dots");
      if (dots) dots.hidden = !isPhoto(entry) && asked !== null && asked.entry.position > entry.position;
    }
    return asked;
  }

  /**
   * The newest message with controls. What is found of a photo takes the place of an older message
   * without asking anew: photos count where they stand.
   */
  #askedLast() {
    const asks = (entry) => entry.who === "dupi" && hasControls(entry.content);
    const asked = this.#newest((entry) => asks(entry) && !isPhoto(entry));
    const photo = this.#ordered().findLast(({ entry }) => asks(entry) && isPhoto(entry));
    if (!asked || !photo) return asked ?? photo ?? null;
    return photo.entry.position > asked.entry.position ? photo : asked;
  }

  #settleFocus(active) {
    const isFree = document.activeElement === document.body || document.activeElement === null;
    const isTouch = matchMedia("(pointer: coarse)").matches;
    const isNew = active && this.#firstNew && active.entry.position >= this.#firstNew.entry.position;
    if (active?.entry.content.wants_words && isNew && !isTouch && (this.#seeksFocus || isFree)) {
      this.#words.focus({ preventScroll: true });
      this.#seeksFocus = false;
    } else if (this.#seeksFocus) {
      const control = active && firstControl(active.element.querySelector(".controls"));
      (control ?? this.#scroll).focus({ preventScroll: true });
      this.#seeksFocus = false;
    }
  }

  #settleScrolling(active) {
    const isSmooth = !this.#isFresh && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const behavior = isSmooth ? "smooth" : "instant";
    if (this.#isAtEnd) {
      const turn = this.#turn();
      const doesFit = (from) => this.#scroll.scrollHeight - from.offsetTop <= this.#scroll.clientHeight;
      const begin = doesFit(turn) ? turn : (turn.nextElementSibling ?? turn);
      if (!doesFit(begin)) {
        // More than fits: begin at the beginning.
        this.#scroll.scrollTo({ top: begin.offsetTop - 12, behavior });
      } else {
        this.toEnd(behavior);
      }
    } else if (this.#hasActed && active) {
      active.element.scrollIntoView({ block: "nearest", behavior });
    }
    this.#hasActed = false;
  }

  /** Where reading goes on: at the first of what is new, or at what the person said meanwhile. */
  #turn() {
    const from = this.#isFresh ? 0 : this.#firstNew.entry.position;
    const recent = this.#ordered().filter(({ entry }) => entry.position >= from);
    const own = recent.findLast(({ entry }) => entry.who === "person");
    return (own ?? (this.#isFresh ? recent.at(-1) : this.#firstNew)).element;
  }

  /** Names the day where it changes; a conversation of today needs no date. */
  #markDays() {
    const format = new Intl.DateTimeFormat(language(), { year: "numeric", month: "long", day: "numeric", weekday: "long" });
    let day = new Date().toDateString();
    for (const { entry, element } of this.#ordered()) {
      const at = new Date(entry.at);
      const isNewDay = at.toDateString() !== day;
      day = at.toDateString();
      if (isNewDay) element.dataset.day = format.format(at);
      else delete element.dataset.day;
    }
  }

  #build(entry) {
    const element = make("article", `entry ${entry.who}`);
    const column = make("div", "column");
    const bubble = make("div", "bubble");
    const at = new Date(entry.at);
    const time = make("time", "", new Intl.DateTimeFormat(language(), { hour: "numeric", minute: "2-digit" }).format(at));
    time.dateTime = entry.at;
    if (entry.who === "dupi") {
      const avatar = make("img", "avatar");
      avatar.src = "/assets/logo.svg";
      avatar.alt = "";
      element.append(avatar);
      column.append(speaking("span", "name", "dupi"));
      this.#fill(bubble, entry.content);
      element.lang = entry.content.language;
    } else {
      column.append(speaking("span", "name", "you"));
      if (entry.photo) bubble.append(photo(entry.photo));
      else bubble.append(make("p", "", entry.text));
      if (entry.photo) bubble.classList.add("picture");
    }
    const line = make("div", "line");
    line.append(bubble, time);
    column.append(line);
    element.append(column);
    return element;
  }

  #fill(bubble, content) {
    if (content.picture) bubble.append(picture(content.picture));
    for (const paragraph of content.paragraphs) bubble.append(...laidOut(paragraph));
    const [, at, of] = (asksInTheSurvey(content) && content.paragraphs[0].match(/(\d+)\/(\d+)$/)) || [];
    if (at) bubble.firstElementChild.replaceWith(progress(content.paragraphs[0], at / of));
    if (content.is_working) {
      const dots = make("span", "dots");
      dots.append(make("i"), make("i"), make("i"));
      dots.setAttribute("role", "img");
      dots.setAttribute("aria-label", text("working"));
      bubble.append(dots);
    }
    if (hasControls(content)) bubble.append(controlsOf(content, this.#act));
    if (content.picture) bubble.classList.add("wide");
  }
}

/** Whether an entry tells what becomes of a photo or an album. */
function isPhoto(entry) {
  return /^(photo|album):/.test(entry.slot ?? "");
}

/** A paragraph's lines as blocks: an empty line begins a new block, "· " an item, "【…】" a heading. */
function laidOut(paragraph) {
  return paragraph.split(/\n\s*\n/).map((part) => {
    const block = make("p");
    for (const line of part.split("\n")) {
      const kind = line.startsWith("· ") ? "item" : line.startsWith("【") ? "heading" : "words";
      block.append(make("span", kind, kind === "item" ? line.slice(2) : line));
    }
    return block;
  });
}

/** Whether a message asks a question of the survey. */
function asksInTheSurvey(content) {
  return Boolean(content.choices || content.wants_words) && content.paragraphs.length > 1;
}

/** How far the survey has come. */
function progress(label, share) {
  const made = make("p", "progress", label);
  const bar = make("progress");
  bar.value = share;
  bar.setAttribute("aria-hidden", "true");
  made.append(bar);
  return made;
}

/** A tile in place of a picture that is not kept. */
function tile(key) {
  const made = make("div", "tile");
  made.append(icon("photo"), speaking("span", "", key));
  return made;
}

function photo(address) {
  const link = make("a", "thumb");
  link.href = address;
  link.target = "_blank";
  const image = make("img");
  image.alt = text("photo");
  image.addEventListener("error", () => link.replaceWith(tile("photo-erased")));
  image.src = address;
  link.append(image);
  return link;
}

function picture({ kind, url, alternative }) {
  const figure = make("figure", kind);
  const image = make("img");
  image.alt = alternative;
  [image.width, image.height] = kind === "card" ? [1080, 1350] : [720, 480];
  if (kind !== "card") {
    image.src = url;
    figure.append(image);
    return figure;
  }
  const link = make("a");
  link.href = url;
  link.target = "_blank";
  link.append(image);
  image.addEventListener("error", () => figure.replaceChildren(tile("card-erased")));
  image.src = url;
  const open = make("a", "control");
  open.href = url;
  open.target = "_blank";
  open.append(icon("open"), speaking("span", "", "card-open"));
  const save = make("a", "control");
  save.href = url;
  save.download = "dupi.png";
  save.append(icon("save"), speaking("span", "", "card-save"));
  const line = make("div", "row");
  line.append(open, save);
  figure.append(link, line);
  return figure;
}
