// What the page says. Its texts come with its data, in the language it was made in: a name in braces is filled in, and a
// text that counts comes in two forms, for one and for any other number.

const data = JSON.parse(document.getElementById('data').textContent);

// Numbers and days are written as the reader's browser does it, but not in a language that the sentences are not in.
const LOCALE = data.language === 'en' ? undefined : data.language;

const PLACE = /\{(\w+)\}/;

function word(key) {
  return data.words[key];
}

function say(key, values, number) {
  const text = data.words[key];
  const form = Array.isArray(text) ? text[number === 1 ? 0 : 1] : text;
  return form.split(PLACE).map((part, at) => (at % 2 ? values[part] : part)).join('');
}

// The same with elements among the values.
function told(key, values) {
  return data.words[key].split(PLACE).map((part, at) => (at % 2 ? values[part] : part)).filter((part) => part !== '');
}

function listed(names) {
  return names.reduce((all, name) => say('name-after-names', { names: all, name }));
}
