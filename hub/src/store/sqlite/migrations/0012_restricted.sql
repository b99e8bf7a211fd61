-- Who may see a dialog depends on whether its customer is restricted. Hubs of before changed only the dialog that went on;
-- those that were over stood open as they had been.
UPDATE dialog SET body = json_set(body, '$.row.customer.particulars.restricted', json('true'))
WHERE customer IN (SELECT id FROM customer WHERE instr(body, '"restricted":true') > 0)
    AND coalesce(json_extract(body, '$.row.customer.particulars.restricted'), 0) = 0;
