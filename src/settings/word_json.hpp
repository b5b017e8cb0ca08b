#pragma once

#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "src/settings/words.hpp"

/// Writes enumerations to JSON as their words.
/// @throws std::invalid_argument  when reading a text that is not one of the words
template <sslslr::Worded E>
struct nlohmann::adl_serializer<E> {
    static void to_json(json& json, E value) { json = sslslr::word_of(value); }
    static void from_json(const json& json, E& value) {
        const auto text = json.get<std::string>();
        const auto found = sslslr::enum_of<E>(text);
        if (!found) {
            throw std::invalid_argument{"unknown word " + text};
        }
        value = *found;
    }
};
