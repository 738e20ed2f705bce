"""The screens of the console; they alone await the Backend."""
