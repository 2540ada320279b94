// What a stock Firefox cannot be asked, and why: it is driven by a standard protocol (WebDriver BiDi), not by one of its
// maker's. Each is part of the names of tests.
export const LEFT_OUT = [
  ['at rest, ', 'kept pictures are taken with Chromium, whose letters and edges differ'],
  ['with an explanation', 'a kept picture'],
  ['beside cron', 'a kept picture'],
  ['with the story', 'a kept picture'],
  ['on a phone', 'a kept picture'],
  ['a hundred come and go', 'memory is counted with the DevTools protocol'],
  ['stops a search that takes long', 'the processor is slowed down with the DevTools protocol'],
  ['a screen reader finds tiers', 'the accessibility tree is read with the DevTools protocol'],
  ['by touch', 'fingers are not part of the protocol'],
  ['without JavaScript', 'scripts cannot be switched off by the protocol'],
  ['light and dark are chosen, kept', 'the system’s colours cannot be set by the protocol'],
  ['follows the scheme of the page', 'the system’s colours cannot be set by the protocol'],
  ['saves the run as files', 'downloads are not told of by the protocol'],
];
