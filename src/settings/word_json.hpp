#pragma once

#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "src/settings/words.hpp"

/// Enumerations with words as JSON texts.
/// @throws std::invalid_argument  reading a text that is none of the words
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
