// stands in no room
