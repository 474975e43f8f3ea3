#include "exporters/c_names.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "core/text.hpp"

namespace mlserve::exporters {
namespace {

/// Words that cannot name a member: keywords of C99 and C++, macros of compilers, of the headers
/// that an export includes and of those that a program has beside it, and the names of the row
/// itself.
constexpr std::string_view kReserved =
    " "
    "alignas alignof alloca and and_eq asm auto BIG_ENDIAN bitand bitor bool break BUFSIZ "
    "BYTE_ORDER "
    "case catch char char16_t char32_t char8_t class co_await co_return co_yield compl concept "
    "const const_cast consteval constexpr constinit continue decltype default delete do DOMAIN "
    "double dynamic_cast else enum EOF errno EXIT_FAILURE EXIT_SUCCESS explicit export extern "
    "false far FILENAME_MAX float FOPEN_MAX for fpclassify friend goto i386 if INFINITY inline int "
    "isfinite isgreater "
    "isgreaterequal isinf isless islessequal islessgreater isnan isnormal issubnormal "
    "isunordered linux LITTLE_ENDIAN long math_errhandling max MAXFLOAT MB_CUR_MAX min "
    "mlserve_row mutable namespace NAN near new NFDBITS noexcept not not_eq NULL nullptr "
    "offsetof operator or or_eq OVERFLOW P_tmpdir PDP_ENDIAN PLOSS private protected public "
    "RAND_MAX "
    "register reinterpret_cast requires restrict return Row short signbit signed SING sizeof "
    "static static_assert static_cast strdupa strndupa struct switch template this thread_local "
    "throw TLOSS TMP_MAX true try typedef typeid typename typeof UNDERFLOW union unix unsigned "
    "using "
    "va_arg va_copy va_end va_start virtual void volatile wchar_t WCONTINUED WEOF WEXITED while "
    "WNOHANG WNOWAIT WSTOPPED WUNTRACED xor xor_eq ";

/// The headers have macros that begin so, more or fewer of them by compiler and flags.
constexpr std::array kReservedPrefixes = std::to_array<std::string_view>(
    {"FD_",      "FP_",     "HUGE",   "INT8_",   "INT16_",  "INT32_",   "INT64_",
     "INTMAX_",  "INTPTR_", "INT_",   "M_",      "MATH_",   "PTRDIFF_", "SIG_ATOMIC_",
     "SIZE_",    "SNAN",    "UINT8_", "UINT16_", "UINT32_", "UINT64_",  "UINTMAX_",
     "UINTPTR_", "UINT_",   "WCHAR_", "WINT_",   "SEEK_",   "L_"});

bool is_of_identifier(char c) { return is_alphanumeric(c) || c == '_'; }

bool is_reserved(std::string_view name) {
  return kReserved.find(" " + std::string(name) + " ") != std::string_view::npos ||
         std::any_of(kReservedPrefixes.begin(), kReservedPrefixes.end(),
                     [name](std::string_view prefix) { return name.starts_with(prefix); });
}

std::string identifier(std::string_view name) {
  std::string word;
  for (const char c : name) word += is_of_identifier(c) ? c : '_';
  const bool starts_badly = word.empty() || word[0] == '_' || is_digit(word[0]);
  if (starts_badly) word = "feature_" + word;
  return is_reserved(word) ? word + '_' : word;
}

}  // namespace

std::vector<std::string> member_names(const std::vector<features::Feature>& features) {
  std::vector<std::string> names;
  std::unordered_set<std::string> taken;
  for (const features::Feature& feature : features) {
    std::string name = identifier(feature.name);
    if (taken.count(name) > 0) name += '_' + std::to_string(names.size() + 1);
    while (!taken.insert(name).second) name += '_';
    names.push_back(std::move(name));
  }
  return names;
}

bool is_text_member(const features::Feature& feature) {
  return !feature.is_number() || feature.is_date();
}

}  // namespace mlserve::exporters
