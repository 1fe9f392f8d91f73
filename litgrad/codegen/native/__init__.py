"""The functions of a module in C, and the lines of the module that call them."""
