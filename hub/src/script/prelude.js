// What a routing script finds when it starts. Everything here runs inside of the sandbox and may be bent by the
// script: nothing of it is trusted, the hub checks the answer.
(function (scene) {
  "use strict";
  const answer = { route: null, tasks: [], unlocked: false };
  const { operators, departments, bots, customer, dialog, centre } = scene;

  // The same question gets the same answer: no clock, no chance.
  let seed = scene.seed >>> 0;
  Math.random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 4294967296;
  };
  const Calendar = Date;
  globalThis.Date = class Date extends Calendar {
    constructor(...parts) {
      if (parts.length === 0) super(scene.now);
      else super(...parts);
    }
    static now() {
      return scene.now;
    }
  };

  const knows = (list, key) => list.some((one) => one.key === key);
  const department = (code) => {
    if (code === undefined || code === null || code === "") return dialog.department;
    if (!knows(departments, code)) throw new RangeError("there is no such department");
    return code;
  };
  const takes = (operator, isOnline) =>
    !isOnline || operator.status === "online" || (operator.status === "offline_requests" && !dialog.online);
  const fits = (operator, code, isOnline) =>
    operator.mayAccept &&
    takes(operator, isOnline) &&
    operator.room >= dialog.weight &&
    (code === null || operator.departments === null || operator.departments.includes(code)) &&
    (dialog.language === null || operator.languages.length === 0 || operator.languages.includes(dialog.language)) &&
    !dialog.passedBy.includes(operator.id);
  const order = (a, b) => a.load - b.load || a.lastAcceptedAt - b.lastAcceptedAt || (a.id < b.id ? -1 : 1);

  const lead = { ...customer };
  Object.assign(lead, {
    getAttr: (name) => customer.variables[name] ?? null,
    getNextOperators: (code, isOnline = true) => {
      const wanted = department(code);
      return operators.filter((operator) => fits(operator, wanted, isOnline)).sort(order);
    },
    canAutoForward: () => answer.route === null && dialog.operator === null,
    setForwarded: (code) => {
      const to = department(code);
      answer.route = to === null ? { to: "queue" } : { to: "department", department: to };
      return true;
    },
    assignDialogToNextOperator: (code, isOnline = true, forwardIfNotFound = true, useLocks = true) => {
      // One script decides after the other. Without that the same operator would be next for many at once.
      if (!useLocks) answer.unlocked = true;
      if (!lead.canAutoForward()) return null;
      const next = lead.getNextOperators(code, isOnline)[0];
      if (next !== undefined) lead.assignDialogToOperator(next.id);
      else if (forwardIfNotFound) lead.setForwarded(code);
      return next ?? null;
    },
    assignDialogToOperator: (id) => {
      if (!operators.some((operator) => operator.id === id)) throw new RangeError("there is no such operator");
      answer.route = { to: "operator", operator: id };
      return true;
    },
    assignDialogToDepartment: (code) => lead.setForwarded(code),
    assignDialogToBot: (login, scenario = null) => {
      if (!bots.some((bot) => bot.login === login && bot.ready)) return false;
      answer.route = { to: "bot", bot: login, scenario };
      return true;
    },
    leaveInQueue: () => {
      answer.route = { to: "queue" };
      return true;
    },
    createTask: (address, body = {}) => {
      answer.tasks.push({ address, body });
      return true;
    },
  });
  Object.assign(globalThis, { lead, dialog, operators, departments, bots, centre });
  return () => answer;
})
