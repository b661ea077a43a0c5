// Does a task in Firefox, over WebDriver BiDi: `node page/drive_firefox.mjs FIREFOX URL`. Writes what
// was seen as JSON to the standard output; tests/page/test_firefox.py says what it must be.
import puppeteer from "puppeteer-core";

const [executablePath, url] = process.argv.slice(2);
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
try {
  const page = await browser.newPage();
  const failures = [];
  page.on("pageerror", (error) => failures.push(String(error)));
  await page.setViewport({ width: 1280, height: 1000 });
  await page.goto(url);
  const text = await page.waitForSelector("#text");
  const shown = () => page.$eval("#text", (pane) => pane.textContent);
  const selected = () => page.evaluate(() => String(document.getSelection()));
  const press = async (...keys) => {
    for (const chord of keys) {
      const names = chord.split("+");
      const last = names.pop();
      for (const name of names) await page.keyboard.down(name);
      await page.keyboard.press(last);
      for (const name of names.reverse()) await page.keyboard.up(name);
    }
  };
  const before = await shown();

  // Keys: typing changes nothing; a selection is labelled, resized, undone and done again.
  await text.focus();
  await page.keyboard.type("typed");
  await press("Enter", "Control+x", "Control+v", "Control+Home");
  await press(...Array(12).fill("Shift+ArrowRight"));
  const byKeys = await selected();
  await press("1");
  const kept = await selected();
  await press("]", "Control+z", "Control+Shift+Z");

  // Mouse: a drag over the last line's characters, then another label's button.
  const box = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.getElementById("text"), NodeFilter.SHOW_TEXT);
    let last = null;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) if (node.data.trim()) last = node;
    const range = document.createRange();
    range.setStart(last, last.data.trimEnd().length - 12);
    range.setEnd(last, last.data.trimEnd().length);
    last.parentElement.scrollIntoView({ block: "center" });
    const { left, right, top, bottom } = range.getClientRects()[0];
    return { left, right, middle: (top + bottom) / 2 };
  });
  await page.mouse.move(box.left + 1, box.middle);
  await page.mouse.down();
  await page.mouse.move((box.left + box.right) / 2, box.middle, { steps: 3 });
  await page.mouse.move(box.right - 1, box.middle, { steps: 3 });
  await page.mouse.up();
  const byMouse = await selected();
  await page.click("aria/METHODS[role='button']");

  // Submit: first without the judgement, then with it, by the key.
  await text.focus();
  await press("Control+Enter");
  const refused = await page.$eval("[role=alert]", (alert) => alert.textContent);
  await page.click("aria/yes[role='radio']");
  await press("Control+Enter");
  await page.waitForFunction(() => "answer" in window, { timeout: 5_000 });
  const answer = await page.evaluate(() => window.answer);
  const unchanged = before === (await shown());
  console.log(JSON.stringify({ browser: await browser.version(), failures, unchanged, byKeys, kept, byMouse, refused, answer }));
} finally {
  await browser.close();
}
