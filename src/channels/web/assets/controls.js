// What a person can do with a message: choices, boxes, buttons, the photo pickers.

import { text } from "./texts.js";

/** Makes an element with a class and a text. */
export function make(tag, className = "", content = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (content) element.textContent = content;
  return element;
}

/** Makes an element with one of the page's own texts, which follows the page's language. */
export function speaking(tag, className, key) {
  const element = make(tag, className, text(key));
  element.dataset.text = key;
  return element;
}

/** Makes one of the page's icons. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#icon-${name}`);
  picture.append(use);
  return picture;
}

function button(label, className, press) {
  const made = make("button", `control ${className}`, label);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

/** Whether a message offers something to do. */
export function hasControls(content) {
  return Boolean(content.choices?.offered.length || content.buttons.length || content.wants_photo || content.wants_words);
}

/** The first thing in an element that can take the focus. */
export function firstControl(element) {
  return element.querySelector("button:not([hidden]), input:not([hidden])");
}

const MAIN = ["age:yes", "agree:", "photos-done", "begin-again", "new", "keep", "speak:"];
const QUIET = ["skip:", "back:", "age:no", "refuse:", "erase", "change-region", "review"];

/** How much a button stands out; only a matter of looks. */
function weight(token) {
  if (token === "erase:yes") return "danger";
  if (MAIN.some((start) => token.startsWith(start))) return "main";
  if (QUIET.some((start) => token.startsWith(start))) return "quiet";
  return "";
}

/**
 * The controls under a message. `act` has `press(token)`, `choose(question, ids)`, `pickPhoto()`
 * and `takePhoto()`.
 */
export function controlsOf(content, act) {
  const controls = make("div", "controls");
  if (content.choices?.offered.length) {
    controls.append(
      content.choices.selection === "several" ? boxes(content.choices, act) : options(content.choices, act),
    );
  }
  if (content.wants_photo) {
    const mayGoOn = content.buttons.flat().some(({ token }) => token === "photos-done");
    controls.append(pickers(act, mayGoOn ? "" : "main"));
  }
  for (const row of rows(content.buttons)) {
    const line = make("div", row.length > MOST_IN_A_ROW ? "options" : "row");
    for (const { token, label } of row) {
      const made = button(label, weight(token), () => act.press(token));
      made.dataset.token = token;
      if (token.startsWith("speak:")) made.lang = token.slice("speak:".length);
      line.append(made);
    }
    controls.append(line);
  }
  return controls;
}

const MOST_IN_A_ROW = 4;

/** Many plain buttons one below the other are easier to overlook than a field of them. */
function rows(buttons) {
  const isPlain = (row) => row.length === 1 && weight(row[0].token) === "";
  const plain = buttons.filter(isPlain);
  if (plain.length <= MOST_IN_A_ROW) return buttons;
  return [plain.flat(), ...buttons.filter((row) => !isPlain(row))];
}

/** One press answers. */
function options(choices, act) {
  const group = make("div", "options");
  group.setAttribute("role", "group");
  const longest = Math.max(...choices.offered.map((choice) => choice.label.length));
  if (longest > 14) group.classList.add("long");
  if (longest < 6) group.classList.add("short");
  for (const choice of choices.offered) {
    const made = button(choice.label, "option", () => act.choose(choices.question, [choice.id]));
    made.dataset.choice = choice.id;
    if (choice.is_chosen) {
      made.classList.add("chosen");
      made.setAttribute("aria-current", "true");
    }
    group.append(made);
  }
  return group;
}

/** Any number of boxes, then "done"; or none of them. */
function boxes(choices, act) {
  const group = make("fieldset", "boxes");
  const done = button(choices.done, "main", () => {
    const taken = Array.from(group.querySelectorAll("input:checked"), (box) => box.value);
    act.choose(choices.question, taken);
  });
  const none = button(choices.none, "", () => act.choose(choices.question, []));
  done.dataset.take = "boxes";
  none.dataset.take = "none";
  const follow = () => {
    const isEmpty = !group.querySelector("input:checked");
    done.setAttribute("aria-disabled", String(isEmpty));
  };
  for (const choice of choices.offered) {
    const label = make("label", "box");
    const input = make("input");
    input.type = "checkbox";
    input.value = choice.id;
    input.checked = choice.is_chosen;
    input.addEventListener("change", follow);
    const mark = make("span", "mark");
    mark.append(icon("check"));
    label.append(input, mark, make("span", "", choice.label));
    group.append(label);
  }
  const line = make("div", "row");
  line.append(none, done);
  group.append(line);
  follow();
  return group;
}

/** The file picker, and the camera where there is a touch screen. */
function pickers(act, looks) {
  const group = make("div", "pickers");
  const line = make("div", "row");
  const choose = button("", looks, act.pickPhoto);
  choose.append(icon("photo"), speaking("span", "", "choose-photo"));
  line.append(choose);
  if (matchMedia("(pointer: coarse)").matches) {
    const take = button("", looks, act.takePhoto);
    take.append(icon("camera"), speaking("span", "", "take-photo"));
    line.prepend(take);
  } else {
    group.append(speaking("p", "hint", "drop-hint"));
  }
  group.prepend(line);
  return group;
}
