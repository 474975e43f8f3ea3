// The source that the precompiled header of all tests is made with.
#include "support/catch_shim.hpp"
