// What the customer reads.

const RUSSIAN = {
  tag: 'ru',
  title: 'Напишите нам',
  open: 'Открыть чат',
  close: 'Закрыть чат',
  log: 'Переписка',
  greeting: 'Здравствуйте!',
  invitation: 'Задайте вопрос, ответит человек. Переписка сохранится, даже если закрыть страницу.',
  placeholder: 'Сообщение',
  send: 'Отправить',
  hint: 'Enter отправляет, Shift+Enter переносит строку',
  you: 'Вы',
  operator: 'Оператор',
  today: 'Сегодня',
  yesterday: 'Вчера',
  newBelow: 'Новые сообщения',
  connecting: 'Соединяемся…',
  offline: 'Нет связи. Пишите: сообщения сохранятся и уйдут, когда связь вернётся.',
  outdated: 'Чат обновился. Перезагрузите страницу: написанное сохранится.',
  edit: 'Исправить',
  remove: 'Удалить',
  attach: 'Приложить файл',
  place: 'Отправить место',
  placeAsking: 'Браузер спросит, можно ли сказать, где вы. Ничего не уйдёт, пока вы не подтвердите.',
  placeFound: 'Вы отправите:',
  placeTitle: 'Что это за место (необязательно)',
  /** @type {Record<number, string>} */
  placeTrouble: {
    1: 'Браузер не разрешает узнать, где вы. Разрешите это для сайта в настройках браузера или напишите адрес словами.',
    2: 'Браузер не знает, где вы. Напишите адрес словами.',
    3: 'Браузер слишком долго ищет, где вы. Попробуйте ещё раз или напишите адрес словами.',
  },
  placeIs: 'Место:',
  cancel: 'Отмена',
  distances: ['м', 'км'],
  /** @param {string} distance */
  within: (distance) => `с точностью до ${distance}`,
  sticker: 'Стикер',
  inReplyTo: 'В ответ на:',
  quotedKind: { file: 'Файл', place: 'Место', sticker: 'Стикер' },
  uploading: 'Файл отправляется',
  download: 'Скачать',
  units: ['Б', 'КБ', 'МБ', 'ГБ'],
  /** @type {Record<string, string>} */
  fileState: { checking: 'Проверяется', rejected: 'Не прошёл проверку', expired: 'Больше не хранится' },
  deleted: 'Сообщение удалено',
  edited: 'изменено',
  contactAsk: 'Оставьте, пожалуйста, контакты',
  /** @type {Record<string, string>} */
  contact: { name: 'Имя', email: 'Почта', phone: 'Телефон' },
  introduce: 'Представьтесь, пожалуйста',
  leaveContacts: 'Сейчас никого нет. Оставьте контакты, и мы ответим',
  held: 'Заполните форму, и сообщение уйдёт.',
  fault: {
    required: 'Заполните это поле',
    /** @param {number} most */
    tooLong: (most) => `Слишком длинно: можно до ${most} знаков`,
    /** @param {string} mask */
    mask: (mask) => `Нужно так: ${mask}`,
    /** @type {Record<string, string>} */
    kinds: { letters: 'Только буквы, пробелы и дефисы', digits: 'Только цифры', phone: 'Только цифры, плюс в начале, пробелы, дефисы и скобки' },
    /** @type {Record<string, string>} */
    fields: { name: 'Проверьте имя', email: 'Проверьте адрес: в нём есть знак @', phone: 'В номере есть цифры' },
    other: 'Чат не принял это поле',
  },
  choose: 'Варианты ответа',
  finish: 'Завершить разговор',
  finishLater: 'Нет связи: завершить получится, когда она вернётся',
  rate: 'Оцените разговор',
  note: 'Комментарий',
  notNow: 'Не сейчас',
  blocked: 'Приём сообщений от вас остановлен.',
  here: 'Мы на связи',
  away: 'сейчас никого нет',
  busy: 'сейчас все заняты',
  full: 'Сейчас все заняты',
  comeLater: 'Сейчас все заняты. Попробуйте чуть позже: написанное не пропадёт.',
  goesLater: 'Сейчас все заняты. Сообщение уйдёт, как только освободится место.',
  leave: 'Сейчас никого нет. Напишите, мы ответим позже',
  /** @param {number} count */
  stars: (count) => `${count} из 5`,
  /** @type {Record<OwnState, string>} */
  state: { queued: 'Ждёт отправки', held: 'Ждёт, пока все заняты', sending: 'Отправляется', sent: 'Доставлено', read: 'Прочитано', refused: 'Не отправлено' },
  /** @type {Record<string, string>} */
  refused: {
    empty: 'Не отправлено: сообщение пустое.',
    too_long: 'Не отправлено: сообщение слишком длинное.',
    queue_full: 'Ещё не отправлено: сейчас все заняты.',
    blocked: 'Не отправлено: приём сообщений от вас остановлен.',
    malformed: 'Не отправлено: проверьте почту и телефон.',
    contacts: 'Не отправлено: сначала заполните форму.',
    place: 'Не отправлено: такого места нет.',
    file: 'Не отправлено: файл не принят.',
    file_forbidden: 'Не отправлено: файлы здесь не принимают.',
    file_empty: 'Не отправлено: файл пустой.',
    file_too_large: 'Не отправлено: файл слишком большой.',
    file_media: 'Не отправлено: файлы такого вида не принимают.',
    other: 'Не отправлено: чат не принял сообщение.',
  },
  /** @param {number} count */
  unread: (count) => {
    const form = new Intl.PluralRules('ru').select(count);
    return `${count} ${form === 'one' ? 'новое сообщение' : form === 'few' ? 'новых сообщения' : 'новых сообщений'}`;
  },
  /** @param {string} name */
  typing: (name) => `${name} печатает…`,
  /** @param {string} name */
  served: (name) => `Вам отвечает ${name}`,
  /** @param {number} left */
  left: (left) => `Осталось знаков: ${left}`,
  /** @param {number} over */
  over: (over) => `Слишком длинно. Лишних знаков: ${over}`,
  /** @type {Record<string, (name: string) => string>} */
  system: {
    accepted: (name) => (name ? `Вам отвечает ${name}` : 'Оператор на связи'),
    transferred: (name) => (name ? `Разговор продолжит ${name}` : 'Разговор передан другому оператору'),
    returned: () => 'Разговор вернулся в очередь, скоро вам ответят',
    closed: () => 'Разговор завершён. Напишите, если появятся вопросы',
    closed_by_customer: () => 'Вы завершили разговор. Напишите, если появятся вопросы',
    reopened: () => 'Разговор продолжен',
    sent_to: (name) => (name ? `${name} показывает вам страницу` : 'Вам показывают страницу'),
  },
  /** @param {string} host */
  going: (host) => `Вас переводят на страницу сайта ${host}`,
};

/** @type {typeof RUSSIAN} */
const ENGLISH = {
  tag: 'en',
  title: 'Write to us',
  open: 'Open chat',
  close: 'Close chat',
  log: 'Conversation',
  greeting: 'Hello!',
  invitation: 'Ask a question and a person will answer. The conversation is kept even if you close the page.',
  placeholder: 'Message',
  send: 'Send',
  hint: 'Enter sends, Shift+Enter starts a new line',
  you: 'You',
  operator: 'Operator',
  today: 'Today',
  yesterday: 'Yesterday',
  newBelow: 'New messages',
  connecting: 'Connecting…',
  offline: 'No connection. Keep writing: messages are kept and go out when it is back.',
  outdated: 'The chat has been updated. Reload the page: what you wrote is kept.',
  edit: 'Edit',
  remove: 'Delete',
  attach: 'Attach a file',
  place: 'Send a place',
  placeAsking: 'The browser will ask whether it may tell where you are. Nothing is sent until you confirm it.',
  placeFound: 'You are about to send:',
  placeTitle: 'What place it is (optional)',
  placeTrouble: {
    1: 'The browser is not allowed to tell where you are. Allow it for this site in its settings, or write the address in words.',
    2: 'The browser does not know where you are. Write the address in words.',
    3: 'The browser takes too long to find where you are. Try again, or write the address in words.',
  },
  placeIs: 'Place:',
  cancel: 'Cancel',
  distances: ['m', 'km'],
  within: (distance) => `within ${distance}`,
  sticker: 'Sticker',
  inReplyTo: 'In reply to:',
  quotedKind: { file: 'File', place: 'Place', sticker: 'Sticker' },
  uploading: 'The file is being sent',
  download: 'Download',
  units: ['B', 'KB', 'MB', 'GB'],
  fileState: { checking: 'Being checked', rejected: 'Did not pass the check', expired: 'No longer kept' },
  deleted: 'The message was deleted',
  edited: 'edited',
  contactAsk: 'Please leave your contacts',
  contact: { name: 'Name', email: 'E-mail', phone: 'Phone' },
  introduce: 'Please introduce yourself',
  leaveContacts: 'Nobody is here now. Leave your contacts, and we will answer',
  held: 'Fill in the form, and the message will go.',
  fault: {
    required: 'Fill in this field',
    tooLong: (most) => `Too long: at most ${most} characters`,
    mask: (mask) => `It looks like this: ${mask}`,
    kinds: { letters: 'Only letters, spaces and hyphens', digits: 'Only digits', phone: 'Only digits, a plus before them, spaces, hyphens and brackets' },
    fields: { name: 'Check the name', email: 'Check the address: there is an @ in it', phone: 'A phone has digits' },
    other: 'The chat did not accept this field',
  },
  choose: 'Answers to choose from',
  finish: 'End the conversation',
  finishLater: 'No connection: it can be ended when the connection is back',
  rate: 'Rate the conversation',
  note: 'Comment',
  notNow: 'Not now',
  blocked: 'Messages from you are no longer accepted.',
  here: 'We are here',
  away: 'nobody is here now',
  busy: 'everybody is busy now',
  full: 'Everybody is busy now',
  comeLater: 'Everybody is busy now. Try a little later: what you wrote is kept.',
  goesLater: 'Everybody is busy now. The message will go as soon as there is room.',
  leave: 'Nobody is here now. Write to us, and we will answer later',
  stars: (count) => `${count} of 5`,
  state: { queued: 'Waiting to be sent', held: 'Waiting while everybody is busy', sending: 'Sending', sent: 'Delivered', read: 'Read', refused: 'Not sent' },
  refused: {
    empty: 'Not sent: the message is empty.',
    too_long: 'Not sent: the message is too long.',
    queue_full: 'Not sent yet: everybody is busy now.',
    blocked: 'Not sent: messages from you are no longer accepted.',
    malformed: 'Not sent: check the e-mail and the phone.',
    contacts: 'Not sent: fill in the form first.',
    place: 'Not sent: there is no such place.',
    file: 'Not sent: the file was not accepted.',
    file_forbidden: 'Not sent: files are not accepted here.',
    file_empty: 'Not sent: the file is empty.',
    file_too_large: 'Not sent: the file is too large.',
    file_media: 'Not sent: files of this kind are not accepted.',
    other: 'Not sent: the chat did not accept the message.',
  },
  unread: (count) => `${count} new ${count === 1 ? 'message' : 'messages'}`,
  typing: (name) => `${name} is typing…`,
  served: (name) => `${name} is with you`,
  left: (left) => `Characters left: ${left}`,
  over: (over) => `Too long. Characters over: ${over}`,
  system: {
    accepted: (name) => (name ? `${name} is with you now` : 'An operator is with you now'),
    transferred: (name) => (name ? `${name} will take it from here` : 'Another operator will take it from here'),
    returned: () => 'You are back in the queue, somebody will answer soon',
    closed: () => 'The conversation is closed. Write if anything else comes up',
    closed_by_customer: () => 'You ended the conversation. Write if anything else comes up',
    reopened: () => 'The conversation goes on',
    sent_to: (name) => (name ? `${name} shows you a page` : 'You are shown a page'),
  },
  going: (host) => `You are being taken to a page of ${host}`,
};

/**
 * The words for a browser's language.
 * @param {string | undefined} language a BCP 47 tag
 */
const wordsFor = (language) => (/^ru\b/i.test(language ?? '') ? RUSSIAN : ENGLISH);

/**
 * A system line in words; `null` for a code of a newer hub, which is not shown.
 * @param {typeof RUSSIAN} words
 * @param {string} text a code, then a space and a name if a person is concerned
 */
function systemLine(words, text) {
  const space = text.indexOf(' ');
  const code = space < 0 ? text : text.slice(0, space);
  const name = space < 0 ? '' : cleanName(text.slice(space + 1));
  return Object.hasOwn(words.system, code) ? words.system[code](name) : null;
}
