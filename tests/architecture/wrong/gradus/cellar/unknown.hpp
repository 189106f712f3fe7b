// an unknown room
