// The rules of forms for contacts, as the hub has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parts } from '../support/parts.js';

const { ENGLISH, RUSSIAN, faultText, fieldFault, fitsMask, intoMask, shownMask, soundForms } = parts;
const MASK = '+7 (999) 999-99-99';
const asked = (field, more = {}) => ({ field, required: false, kind: 'any', ...more });

test('a value looks like its mask or does not, as on the hub', () => {
  for (const [mask, value, fits] of [
    [MASK, '+7 (900) 123-45-67', true], [MASK, '+7 (900) 123-45-6', false], [MASK, '+7 (900) 123-45-678', false], [MASK, '+7 (900) 123-45-6٧', false],
    ['aa-99', 'Яж-01', true], ['aa-99', 'Я1-01', false], ['***', 'Я1z', true], ['***', 'Я1-', false],
    ['\\9\\a\\*9', '9a*0', true], ['\\9\\a\\*9', '1b*0', false], ['\\\\9', '\\5', true], ['9', '', false],
  ]) assert.equal(fitsMask(mask, value), fits, `${mask} ${value}`);
});

test('what was typed is put into its mask, and left alone where it does not fit', () => {
  for (const [typed, value] of [
    ['9001234567', '+7 (900) 123-45-67'], ['+79001234567', '+7 (900) 123-45-67'], ['7 900 123 45 67', '+7 (900) 123-45-67'],
    ['89001234567', '89001234567'], ['900', '900'], ['позвоните', 'позвоните'], ['', ''],
  ]) assert.equal(intoMask(MASK, typed), value, typed);
  assert.equal(shownMask(MASK), '+7 (___) ___-__-__');
});

test('each fault of a field', () => {
  for (const [field, value, fault] of [
    [asked('name'), '', null], [asked('name', { required: true }), '', 'required'], [asked('name', { max_chars: 3 }), 'Аня!', 'too_long'],
    [asked('name', { max_chars: 2 }), '🙂🙂', null], [asked('name', { kind: 'letters' }), 'Анна-Мария д’Эсте', null], [asked('name', { kind: 'letters' }), 'R2', 'kind'],
    [asked('phone', { kind: 'digits' }), '+7', 'kind'], [asked('phone', { kind: 'phone' }), '+7 (900) 1', null], [asked('phone', { kind: 'phone' }), '7+', 'kind'],
    [asked('phone'), 'нет', 'kind'], [asked('phone', { mask: MASK }), '12', 'mask'], [asked('email'), 'a@b', null], [asked('email'), 'a b@c', 'kind'], [asked('email'), 'x', 'kind'],
    [asked('name', { kind: 'of a newer hub' }), 'что угодно', null],
  ]) assert.equal(fieldFault(field, value), fault, JSON.stringify([field, value]));
});

test('every fault has its words in both languages', () => {
  for (const words of [RUSSIAN, ENGLISH]) {
    assert.ok(words.refused.contacts && words.held && words.introduce && words.leaveContacts);
    for (const field of ['name', 'email', 'phone']) {
      for (const kind of ['any', 'letters', 'digits', 'phone', 'of a newer hub']) {
        for (const fault of ['required', 'hidden', 'too_long', 'kind', 'mask', 'of a newer hub']) assert.ok(faultText(words, asked(field, { kind, mask: MASK }), fault));
      }
    }
  }
});

test('forms of whoever sends what are forms that can be shown', () => {
  const none = { offline: [], first_question: [], contacts_request: [] };
  for (const value of [{}, { offline: 'x' }, { offline: [null, 1, { field: 'constructor' }, { field: 'address' }] }]) assert.deepEqual(soundForms(value), none);
  const odd = { offline: [{ field: 'name', required: 1, kind: 2, max_chars: -1, mask: {} }] };
  assert.deepEqual(soundForms(odd).offline, [asked('name')]);
  const good = { ...none, offline: [asked('phone', { required: true, mask: MASK, max_chars: 30 })] };
  assert.deepEqual(soundForms(good), good);
});
