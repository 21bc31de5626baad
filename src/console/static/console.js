/**
 * Keeps a page fresh, and does deeds. The server makes all HTML; this fetches the content of the page it stands on, and puts
 * in what differs, section by section, so that scroll, focus and open details stay.
 */
const everyMs = 4000;
const patienceMs = 15000;
const content = document.getElementById('content');
const told = document.getElementById('told');
const fresh = document.getElementById('fresh');
/** Section id → the HTML that the server gave for it last. */
let given = new Map();
let timer;
let loading = null;

const token = () => sessionStorage.getItem('portolan-token');

function withToken(headers) {
  return token() === null ? headers : { ...headers, authorization: `Bearer ${token()}` };
}

// Times: the server writes UTC; here they become the reader's own, and ages are counted.

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

function writeTimes(root) {
  for (const element of root.querySelectorAll('time')) {
    const at = new Date(element.dateTime);
    const text = 'age' in element.dataset ? ageText(at) : momentText(at);
    if (element.textContent !== text) element.textContent = text;
    element.title = at.toLocaleString();
  }
}

function momentText(at) {
  const today = at.toDateString() === new Date().toDateString();
  return (today ? clock : dayAndClock).format(at);
}

function ageText(at) {
  const seconds = Math.round((Date.now() - at.getTime()) / 1000);
  const size = Math.abs(seconds);
  const text =
    size < 60
      ? `${size} s`
      : size < 3600
        ? `${Math.floor(size / 60)} min`
        : size < 172800
          ? `${Math.floor(size / 3600)} h`
          : `${Math.floor(size / 86400)} days`;
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

// Refreshing.

function parts(html) {
  const template = document.createElement('template');
  template.innerHTML = html;
  return template.content;
}

/** Sections that have an id, outermost only. */
function sectionsOf(root) {
  return [...root.querySelectorAll('section[id]')].filter(
    (section) => !section.parentElement?.closest('section[id]'),
  );
}

function remember(root) {
  given = new Map(sectionsOf(root).map((section) => [section.id, section.outerHTML]));
}

function replaceContent(html) {
  const next = parts(html);
  const sections = sectionsOf(next);
  const same =
    sections.map((s) => s.id).join() ===
    sectionsOf(content)
      .map((s) => s.id)
      .join();
  const texts = new Map(sections.map((section) => [section.id, section.outerHTML]));
  if (same) {
    for (const section of sections)
      if (texts.get(section.id) !== given.get(section.id)) swap(document.getElementById(section.id), section);
  } else {
    const keep = stateOf(content);
    content.replaceChildren(...next.childNodes);
    putBack(content, keep);
  }
  given = texts;
  writeTimes(content);
}

function swap(old, section) {
  const keep = stateOf(old);
  old.replaceWith(section);
  putBack(section, keep);
}

/** What a reader did to a part of the page: what is open, what is scrolled, where the keyboard is, what is typed. */
function stateOf(root) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  return {
    open: [...root.querySelectorAll('details[id][open]')].map((element) => element.id),
    scrolled: [...root.querySelectorAll('[id]')]
      .filter((element) => element.scrollTop > 0 || element.scrollLeft > 0)
      .map((element) => [element.id, element.scrollTop, element.scrollLeft]),
    typed: [...root.querySelectorAll('input[name], select[name]')].map((field) => [field.name, field.value]),
    focus: focused && pathOf(focused),
  };
}

function putBack(root, { open, scrolled, typed, focus }) {
  const byId = (id) => root.querySelector(`#${CSS.escape(id)}`);
  for (const id of open) byId(id)?.setAttribute('open', '');
  for (const [name, value] of typed) {
    const field = root.querySelector(`[name="${CSS.escape(name)}"]`);
    if (field !== null) field.value = value;
  }
  for (const [id, top, left] of scrolled) byId(id)?.scrollTo(left, top);
  if (focus !== null) root.querySelector(focus)?.focus({ preventScroll: true });
}

/** A way to find the element again in new HTML: what it is for, not where it stands. */
function pathOf(element) {
  if (element.id !== '') return `#${CSS.escape(element.id)}`;
  if (element.dataset.deed !== undefined) return `[data-deed="${CSS.escape(element.dataset.deed)}"]`;
  const link = element.getAttribute('href');
  return link === null
    ? element.name
      ? `[name="${CSS.escape(element.name)}"]`
      : null
    : `a[href="${CSS.escape(link)}"]`;
}

async function refresh() {
  loading?.abort();
  const stop = new AbortController();
  loading = stop;
  const patience = setTimeout(() => stop.abort(), patienceMs);
  try {
    const response = await fetch(location.href.split('#')[0], {
      headers: withToken({ 'x-portolan-content': '1', accept: 'text/html' }),
      signal: stop.signal,
    });
    if (response.status === 401) return askForToken();
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    replaceContent(await response.text());
    fresh.textContent = '';
    fresh.classList.remove('stale');
    later(everyMs);
  } catch (error) {
    if (loading !== stop) return;
    fresh.textContent = `Not fresh: ${error.name === 'AbortError' ? 'no answer' : error.message}. Trying again.`;
    fresh.classList.add('stale');
    later(everyMs * 2);
  } finally {
    clearTimeout(patience);
  }
}

function later(ms) {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(() => void refresh(), ms);
}

// The admin token.

const tokenDialog = document.getElementById('token');

async function askForToken() {
  const wrong = document.getElementById('token-wrong');
  wrong.textContent = token() === null ? '' : 'The gateway does not know this token.';
  sessionStorage.removeItem('portolan-token');
  if (tokenDialog.open) return false;
  document.getElementById('token-text').value = '';
  tokenDialog.returnValue = '';
  tokenDialog.showModal();
  await new Promise((resolve) => tokenDialog.addEventListener('close', resolve, { once: true }));
  if (tokenDialog.returnValue !== 'do') return false;
  sessionStorage.setItem('portolan-token', document.getElementById('token-text').value.trim());
  later(0);
  return true;
}

// Deeds.

const deedDialog = document.getElementById('deed');
const deed = { path: '', key: '', label: '' };

function openDeed(button) {
  deed.path = button.dataset.deed;
  deed.label = button.textContent;
  deed.key = newKey();
  document.getElementById('deed-title').textContent = `${deed.label}?`;
  document.getElementById('deed-about').textContent = button.dataset.about;
  document.getElementById('deed-do').textContent = deed.label;
  document.getElementById('deed-why').value = '';
  document.getElementById('deed-who').value = sessionStorage.getItem('portolan-who') ?? '';
  document.getElementById('deed-wrong').textContent = '';
  deedDialog.showModal();
}

/** One key for one opened dialog: pressing twice, or again after a lost answer, does the deed once. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

async function doDeed() {
  const who = document.getElementById('deed-who').value.trim();
  const wrong = document.getElementById('deed-wrong');
  const button = document.getElementById('deed-do');
  sessionStorage.setItem('portolan-who', who);
  button.disabled = true;
  wrong.textContent = '';
  try {
    const response = await sendDeed(deed.path, document.getElementById('deed-why').value, who, deed.key);
    if (response.status === 401) {
      if (await askForToken()) await doDeed();
      return;
    }
    if (!response.ok) throw new Error(problemText(await response.json()));
    deedDialog.close();
    told.textContent = `${deed.label}: done.`;
    setTimeout(() => {
      told.textContent = '';
    }, 6000);
    await refresh();
  } catch (error) {
    wrong.textContent = error.message;
  } finally {
    button.disabled = false;
  }
}

/** A problem document in words. */
function problemText({ detail, errors = [] }) {
  return [detail, ...errors.map(({ path, message }) => `${path}: ${message}.`)].join(' ');
}

function sendDeed(path, why, who, key) {
  const name = /^[\x20-\x7e\xa0-\xff]+$/.test(who) ? { 'x-portolan-user': who } : {};
  return fetch(path, {
    method: 'POST',
    headers: withToken({ 'content-type': 'application/json', 'idempotency-key': key, ...name }),
    body: JSON.stringify({ why }),
  });
}

/** A plain link carries no token: with one, the file is fetched and then saved. */
async function saveRaw(link) {
  const response = await fetch(link.href, { headers: withToken({}) });
  if (response.status === 401) return askForToken();
  if (!response.ok) {
    told.textContent = (await response.json()).detail;
    return;
  }
  const saved = document.createElement('a');
  saved.href = URL.createObjectURL(await response.blob());
  saved.download = link.dataset.raw;
  saved.click();
  URL.revokeObjectURL(saved.href);
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button, a');
  if (button === null) return;
  if ('deed' in button.dataset) openDeed(button);
  else if ('close' in button.dataset) button.closest('dialog').close('');
  else if ('token' in button.dataset) void askForToken();
  else if ('raw' in button.dataset && token() !== null) {
    event.preventDefault();
    void saveRaw(button);
  }
});

deedDialog.querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault();
  void doDeed();
});

document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer);
  else void refresh();
});

remember(content);
writeTimes(content);
if (content.querySelector('[data-sign-in]') === null) later(everyMs);
else if (token() === null) void askForToken();
else void refresh();
