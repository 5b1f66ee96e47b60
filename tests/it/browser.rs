//! Whole consultations in headless Chromium against the real program, on phone and desktop, in
//! Korean and English. Pictures of every step stay in `target/tmp/browser`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

use std::path::{Path, PathBuf};

use dupi::domain::consultation::Button;
use dupi::domain::scalp::Question;
use tempfile::TempDir;

use crate::advice::served::worded;
use crate::advice::writer::about_dyeing;
use crate::support::browser::{Browser, ENTER, SPACE, Screen, TAB, WebDriver};
use crate::support::llm::ScriptedLlm;
use crate::support::program::Program;

const PHONE: Screen = Screen {
    language: "ko",
    width: 360,
    height: 740,
    is_phone: true,
    is_dark: false,
};
const DESKTOP: Screen = Screen {
    language: "en",
    width: 1280,
    height: 900,
    is_phone: false,
    is_dark: true,
};

/// How the person uses the page.
#[derive(Debug, Clone, Copy, PartialEq)]
enum By {
    Touch,
    KeyboardAlone,
}

/// One person before one screen.
struct Visit<'a> {
    browser: &'a Browser,
    by: By,
    /// Where pictures go, and how their names begin.
    folder: &'a Path,
    name: String,
    pictures: usize,
}

impl Visit<'_> {
    /// Presses what the selector finds.
    async fn presses(&self, selector: &str) {
        match self.by {
            By::Touch => self.browser.clicks(selector).await,
            By::KeyboardAlone => self.presses_with(selector, ENTER).await,
        }
    }

    async fn ticks(&self, choice: &str) {
        let selector = format!("input[value='{choice}']");
        match self.by {
            By::Touch => self.browser.clicks(&format!("label:has({selector})")).await,
            By::KeyboardAlone => self.presses_with(&selector, SPACE).await,
        }
    }

    /// Goes there with the tabulator alone.
    async fn presses_with(&self, selector: &str, key: &str) {
        self.browser.waits_for(selector).await;
        for _ in 0..60 {
            let is_there = format!("return document.activeElement.matches(\"{selector}\")");
            if self.browser.asks(&is_there).await == true {
                return self.browser.presses_key(key).await;
            }
            self.browser.presses_key(TAB).await;
        }
        panic!("{selector} cannot be reached with the keyboard");
    }

    async fn presses_button(&self, token: &str) {
        self.presses(&format!("#log [data-token='{token}']")).await;
    }

    async fn chooses(&self, choice: &str) {
        self.presses(&format!("#log [data-choice='{choice}']"))
            .await;
    }

    async fn chooses_in_the_menu(&self, token: &str) {
        self.presses("#menu-button").await;
        self.presses(&format!("#menu [data-token='{token}']")).await;
    }

    /// Keeps a picture of the page, which fits and has no complaints.
    async fn keeps_picture(&mut self, step: &str) {
        self.pictures += 1;
        let overflow = "return document.documentElement.scrollWidth - innerWidth";
        assert_eq!(self.browser.asks(overflow).await, 0, "{step} is too wide");
        let narrow = "return [...document.querySelectorAll('button, a.control, .box')]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.9)
            .map((one) => one.outerHTML)";
        assert_eq!(
            self.browser.asks(narrow).await,
            serde_json::json!([]),
            "{step} has targets that a thumb misses"
        );
        let complaints: Vec<String> = self
            .browser
            .complaints()
            .await
            .into_iter()
            // Photos that were erased, and the time without the program.
            .filter(|said| !said.contains("/photos/") && !said.contains("ERR_"))
            .collect();
        assert_eq!(complaints, Vec::<String>::new(), "{step}");
        let file = format!("{}-{:02}-{step}.png", self.name, self.pictures);
        std::fs::write(self.folder.join(file), self.browser.picture().await).unwrap();
    }

    /// What is read in the conversation, entry by entry.
    async fn conversation(&self) -> serde_json::Value {
        let script = "return [...document.querySelectorAll('.entry')].map((one) => one.innerText)";
        self.browser.asks(script).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_consultation_works_by_thumb_and_by_keyboard() {
    let Some(driver) = WebDriver::start() else {
        eprintln!("skipped: the browser test needs `chromium` and `chromedriver` on the path");
        return;
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    std::fs::create_dir_all(&folder).unwrap();
    for screen in [PHONE, DESKTOP] {
        for language in ["ko", "en"] {
            let screen = Screen { language, ..screen };
            let browser = Browser::open(&driver, screen).await;
            let visit = Visit {
                browser: &browser,
                by: if screen.is_phone {
                    By::Touch
                } else {
                    By::KeyboardAlone
                },
                folder: &folder,
                name: format!("{language}-{}", screen.width),
                pictures: 0,
            };
            consult(visit, language).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn worded_advice_and_an_answer_are_seen_and_can_be_rated() {
    let Some(driver) = WebDriver::start() else {
        eprintln!("skipped: the browser test needs `chromium` and `chromedriver` on the path");
        return;
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    std::fs::create_dir_all(&folder).unwrap();
    let llm = ScriptedLlm::start().await;
    llm.replies([worded(), about_dyeing()]);
    let (data, address) = (TempDir::new().unwrap(), llm.base_url());
    let program = Program::start_with(data.path(), &[("LLM_BASE_URL", &address)]);
    let browser = Browser::open(&driver, PHONE).await;
    let mut visit = Visit {
        browser: &browser,
        by: By::Touch,
        folder: &folder,
        name: "worded-360".to_owned(),
        pictures: 0,
    };
    browser.goes_to(&program.base).await;
    begin(&mut visit, "ko").await;
    visit.presses_button("region:crown").await;
    browser.waits_for("#log .pickers button").await;
    let photo = photo("close_up_mixed.jpg").display().to_string();
    browser.types_into("#photo-files", &photo).await;
    visit.presses_button("photos-done").await;
    for question in Question::ALL {
        visit.presses_button(&Button::Skip(question).token()).await;
    }
    browser.waits_for("#log [data-token^='helpful:']").await;
    visit.keeps_picture("advice").await;
    visit.presses_button("ask").await;
    browser
        .waits_until("document.querySelector('#words').disabled === false")
        .await;
    browser
        .types_into("#words", "염색은 언제 해도 되나요?")
        .await;
    browser.presses_key(ENTER).await;
    browser
        .waits_until("document.body.innerText.includes('먼저 패치 테스트를 해 주세요')")
        .await;
    visit.keeps_picture("answer").await;
    visit.presses("#log [data-token^='helpful:']").await;
    browser
        .waits_until("document.body.innerText.includes('알려 주셔서 고마워요')")
        .await;
    visit.keeps_picture("rated").await;
    program.kill();
}

async fn consult(mut visit: Visit<'_>, language: &str) {
    let data = TempDir::new().unwrap();
    let program = Program::start(data.path());
    let browser = visit.browser;
    browser.goes_to(&program.base).await;
    begin(&mut visit, language).await;
    send_photos(&mut visit).await;
    answer(&mut visit).await;

    // The program dies and comes back; the page finds it again by itself.
    let base = program.base.clone();
    program.kill();
    browser.waits_for("#connection").await;
    visit.keeps_picture("connection-lost").await;
    let program = Program::start_again(data.path(), &base);
    browser
        .waits_until("document.querySelector('#connection').hidden")
        .await;

    finish(&mut visit).await;
    look_back(&mut visit, language).await;
    erase(&mut visit).await;
    program.kill();
}

/// From the hello to the photo guide.
async fn begin(visit: &mut Visit<'_>, language: &str) {
    let speak = format!("speak:{language}");
    visit
        .browser
        .waits_for(&format!("#log [data-token='{speak}']"))
        .await;
    let page = visit
        .browser
        .asks("return document.documentElement.lang")
        .await;
    assert_eq!(page, language, "the page follows the browser");
    visit.keeps_picture("hello").await;
    for (token, next, step) in [
        (speak.as_str(), "age:yes", "age"),
        ("age:yes", "agree:basic", "consent-basic"),
        ("agree:basic", "agree:sensitive", "consent-sensitive"),
    ] {
        visit.presses_button(token).await;
        visit
            .browser
            .waits_for(&format!("#log [data-token='{next}']"))
            .await;
        visit.keeps_picture(step).await;
    }
    visit.presses_button("agree:sensitive").await;
    visit
        .browser
        .waits_until("document.querySelector('.guide img')?.naturalWidth > 0")
        .await;
    visit.keeps_picture("guide").await;
}

fn photo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/photos")
        .join(name)
}

/// A good photo, a dark one, and a file that is none.
async fn send_photos(visit: &mut Visit<'_>) {
    let browser = visit.browser;
    visit.presses_button("region:crown").await;
    browser.waits_for("#log .pickers button").await;
    visit.keeps_picture("photo-wanted").await;
    let photos = format!(
        "{}\n{}",
        photo("close_up_mixed.jpg").display(),
        photo("dark.jpg").display()
    );
    browser.types_into("#photo-files", &photos).await;
    browser
        .waits_until("document.querySelectorAll('.thumb img, .tile').length === 2")
        .await;
    browser
        .waits_until("![...document.querySelectorAll('.dots')].some((one) => !one.hidden)")
        .await;
    browser
        .waits_until("document.querySelector('#pending').childElementCount === 0")
        .await;
    visit.keeps_picture("photos").await;

    let before = browser
        .asks("return document.querySelectorAll('.entry').length")
        .await;
    browser
        .asks(
            "const files = new DataTransfer();
            files.items.add(new File(['<svg/>'], 'drawing.svg', { type: 'image/svg+xml' }));
            document.dispatchEvent(new DragEvent('drop', { dataTransfer: files, cancelable: true }))",
        )
        .await;
    browser
        .waits_until(&format!(
            "document.querySelectorAll('.entry').length === {before} + 1"
        ))
        .await;
    visit.keeps_picture("photo-turned-away").await;
}

/// The survey up to the boxes, with a step back and a reload.
async fn answer(visit: &mut Visit<'_>) {
    let browser = visit.browser;
    visit.presses_button("photos-done").await;
    browser.waits_for("#log [data-choice='age-30s']").await;
    visit.keeps_picture("survey-one").await;
    visit.chooses("age-30s").await;
    visit.chooses("sex-male").await;
    visit.presses_button("back:shampoo-frequency").await;
    browser
        .waits_for("#log [data-choice='sex-male'][aria-current='true']")
        .await;
    visit.keeps_picture("survey-back").await;
    visit.chooses("sex-female").await;
    visit.presses_button("skip:shampoo-frequency").await;
    visit.presses_button("skip:perm").await;
    visit.presses_button("skip:dye").await;
    browser.waits_for("#log input[value='hair-dyed']").await;
    let before = visit.conversation().await;
    browser.reloads().await;
    browser.waits_for("#log input[value='hair-dyed']").await;
    // Photos that were erased meanwhile have lost their picture, not their place.
    assert_eq!(
        visit.conversation().await.as_array().unwrap().len(),
        before.as_array().unwrap().len()
    );
    visit.ticks("hair-dyed").await;
    visit.ticks("hair-other").await;
    visit.keeps_picture("survey-several").await;
}

/// The rest of the survey, and the result.
async fn finish(visit: &mut Visit<'_>) {
    let browser = visit.browser;
    visit.presses("#log [data-take='boxes']").await;
    visit.presses_button("skip:products").await;
    visit.presses_button("skip:custom-care").await;
    visit.presses_button("skip:shampoo-priority").await;
    browser.waits_for("#log input[value^='flag-']").await;
    visit.keeps_picture("survey-signs").await;
    visit.presses("#log [data-take='none']").await;
    browser
        .waits_for("#log [data-token='skip:free-line']")
        .await;
    visit.keeps_picture("survey-words").await;
    browser.types_into("#words", "<b>itchy</b> & dry").await;
    browser.presses_key(ENTER).await;
    browser
        .waits_until("document.querySelector('.card img')?.naturalWidth === 1080")
        .await;
    browser.waits_for("#log [data-token='review']").await;
    visit.keeps_picture("result-first-seen").await;
    assert_eq!(
        browser
            .asks("return document.querySelectorAll('#log b').length")
            .await,
        0,
        "what is written stays text"
    );
    let said = visit.conversation().await.to_string();
    assert!(said.contains("<b>itchy</b> & dry"), "{said}");
    browser
        .asks("document.querySelector('.card').scrollIntoView()")
        .await;
    visit.keeps_picture("result-card").await;
    browser
        .asks("document.querySelector('#scroll').scrollTo(0, 1e6)")
        .await;
    visit.keeps_picture("guidance").await;
}

/// A reload shows the same, answers can be looked at, and the page changes its language.
async fn look_back(visit: &mut Visit<'_>, language: &str) {
    let browser = visit.browser;
    browser.reloads().await;
    browser.waits_for("#log [data-token='review']").await;
    browser
        .waits_until("document.querySelectorAll('.tile').length === 2")
        .await;
    browser
        .waits_until("document.querySelector('.card img')?.naturalWidth === 1080")
        .await;
    visit.presses_button("review").await;
    browser.waits_for("#log [data-token='keep']").await;
    visit.keeps_picture("review").await;
    visit.presses_button("keep").await;
    browser.waits_for("#log [data-token='new']").await;

    visit.presses("#menu-button").await;
    browser.waits_for("#menu").await;
    visit.keeps_picture("menu").await;
    let other = if language == "ko" { "en" } else { "ko" };
    visit
        .presses(&format!("#menu [data-token='speak:{other}']"))
        .await;
    browser
        .waits_until(&format!("document.documentElement.lang === '{other}'"))
        .await;
    browser.waits_for("#log [data-token='new']").await;
    visit.keeps_picture("other-language").await;
    let cards = browser
        .asks("return document.querySelectorAll('.card img').length")
        .await;
    assert_eq!(cards, 1, "the result keeps its card");
    visit
        .chooses_in_the_menu(&format!("speak:{language}"))
        .await;
    browser
        .waits_until(&format!("document.documentElement.lang === '{language}'"))
        .await;
}

/// Everything is erased, and a new visit begins.
async fn erase(visit: &mut Visit<'_>) {
    let browser = visit.browser;
    visit.chooses_in_the_menu("erase").await;
    browser.waits_for("#log [data-token='erase:yes']").await;
    visit.keeps_picture("erase").await;
    visit.presses_button("erase:yes").await;
    browser.waits_for("#erased").await;
    visit.keeps_picture("erased").await;
    visit.presses("#start-again").await;
    browser.waits_for("#log [data-token='speak:ko']").await;
    let anew = visit.conversation().await;
    assert_eq!(anew.as_array().unwrap().len(), 1, "{anew}");
}
