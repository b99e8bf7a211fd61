// Every dialog goes to the operator who carries least; of those, to the one who accepted longest ago.
lead.assignDialogToNextOperator();
