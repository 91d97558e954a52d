// Random worlds and the reference engine.
