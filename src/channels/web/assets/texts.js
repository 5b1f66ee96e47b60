// The page's own texts, in the language of the conversation.

let texts = JSON.parse(document.body.dataset.texts);
let spoken = document.documentElement.lang;

/** The text of that key. */
export function text(key) {
  return texts[key] ?? "";
}

/** The language of the page, as a BCP 47 tag. */
export function language() {
  return spoken;
}

/** Turns the whole page to a language; the conversation's messages keep their own. */
export async function speak(tag) {
  if (tag === spoken) return;
  spoken = tag;
  let loaded;
  try {
    const answer = await fetch("/texts", { headers: { "accept-language": tag } });
    if (answer.ok) loaded = await answer.json();
  } catch {
    // The old texts stay until the next message asks again.
  }
  if (spoken !== tag) return;
  if (!loaded) {
    spoken = document.documentElement.lang;
    return;
  }
  texts = loaded;
  document.documentElement.lang = tag;
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = text(element.dataset.text);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", text(element.dataset.label));
  }
  for (const element of document.querySelectorAll("[data-hint]")) {
    element.placeholder = text(element.dataset.hint);
  }
  markLanguage();
}

/** Marks the present language in the menu. */
export function markLanguage() {
  for (const button of document.querySelectorAll("#menu [lang]")) {
    button.setAttribute("aria-pressed", String(button.lang === spoken));
  }
}
