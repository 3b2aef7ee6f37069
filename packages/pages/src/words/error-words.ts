import type { ErrorPageKind } from '@grantway/contracts';

/** What a person reads when something went wrong. Nothing here comes from the request. */
export interface ErrorWords {
  readonly title: string;
  readonly happened: string;
  /** `wait` is how long, in words. */
  readonly advice: (wait: string) => string;
}

const START_AGAIN = 'Go back to the app and start again.';
const TELL_THE_APP = 'Go back to the app and try again. If it happens again, tell the people who run the app.';

export const ERROR_WORDS: Readonly<Record<ErrorPageKind, ErrorWords>> = {
  bad_request: {
    title: 'This app’s request didn’t work',
    happened: 'The app that sent you here asked in a way we can’t accept. Nothing about you was shared.',
    advice: () => TELL_THE_APP,
  },
  flow_expired: {
    title: 'This sign-in has expired',
    happened: 'To keep you safe, a sign-in works once and only for a short while.',
    advice: () => START_AGAIN,
  },
  other_browser: {
    title: 'Please go on where you started',
    happened: 'This sign-in began in another browser, or this browser does not keep our cookies.',
    advice: () => 'Go back to the browser you began in, or open the app in this one and start again.',
  },
  forged: {
    title: 'We stopped this request',
    happened: 'What reached us did not come from the page we showed you, so we ignored it. Nothing has changed.',
    advice: () => `${START_AGAIN} If you were not doing anything here, you can simply close this page.`,
  },
  not_found: {
    title: 'There is nothing here',
    happened: 'The address may be mistyped, or what was here is gone.',
    advice: () => 'Check the address, or go back to the app that sent you here.',
  },
  method: {
    title: 'This page can’t be opened that way',
    happened: 'It is one step of a sign-in and does not work by itself.',
    advice: () => START_AGAIN,
  },
  too_large: {
    title: 'That was more than we can take',
    happened: 'The app, or the form, sent us more than we accept. Nothing has changed.',
    advice: () => TELL_THE_APP,
  },
  too_many: {
    title: 'Too many tries',
    happened: 'There were many tries in a short time, from you or from the network you are on.',
    advice: (wait) => `Wait ${wait}, then try again.`,
  },
  unavailable: {
    title: 'We can’t do this right now',
    happened: 'A part of our service isn’t answering. It is nothing you did.',
    advice: (wait) => `Wait ${wait}, then try again.`,
  },
  fault: {
    title: 'Something went wrong on our side',
    happened: 'We have noted it. It is nothing you did.',
    advice: () =>
      'Try again in a moment. If it happens again, tell the people who run this service, with the request id below.',
  },
};
