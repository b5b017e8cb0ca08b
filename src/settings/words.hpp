#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace sslslr {

/// An enumeration whose values are written as words. A constexpr function words(E), declared next to it and
/// found by argument-dependent lookup, returns a std::array of the words in the order of the enumerators,
/// which start at 0.
template <class E>
concept Worded = std::is_enum_v<E> && requires(E value) {
    words(value);
};

/// Returns the words of an enumeration in the order of its enumerators.
template <Worded E>
constexpr auto words_of() {
    return words(E{});
}

/// Returns the word for a value.
template <Worded E>
constexpr const char* word_of(E value) {
    return words(value)[static_cast<std::size_t>(value)];
}

/// Returns the value with this word, or nothing if the text is not one of the words.
template <Worded E>
constexpr std::optional<E> enum_of(std::string_view text) {
    const auto all = words_of<E>();
    const auto found = std::ranges::find(all, text);
    return found == all.end() ? std::nullopt : std::optional{static_cast<E>(found - all.begin())};
}

}  // namespace sslslr
