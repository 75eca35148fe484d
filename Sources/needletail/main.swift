// The executable.
import Server
print("needletail")
