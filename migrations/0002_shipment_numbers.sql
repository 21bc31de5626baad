-- Partners name a ship notice that they refuse by the number of its shipment (824, APERAK).
create index shipments_number on shipments (partner, number);
