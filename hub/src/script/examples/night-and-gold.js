// At night a bot answers first. Customers of the plan "gold" go to the most skilled of the team "vip" who has room,
// and a task is created where nobody has. Everybody else goes to the next operator.
if (!centre.open) {
  if (!lead.assignDialogToBot("robot")) lead.leaveInQueue();
} else if (lead.getAttr("plan") === "gold") {
  const best = lead
    .getNextOperators()
    .filter((operator) => operator.skills.vip > 0)
    .sort((a, b) => b.skills.vip - a.skills.vip)[0];
  if (best) {
    lead.assignDialogToOperator(best.id);
  } else {
    lead.createTask("https://crm.example.org/tasks", { dialog: dialog.number, customer: lead.id });
    lead.leaveInQueue();
  }
} else {
  lead.assignDialogToNextOperator();
}
