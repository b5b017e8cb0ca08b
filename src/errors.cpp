#include "src/errors.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "dist/agree.hpp"
#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"

namespace sslslr {

void require(bool holds, const std::string& message) {
    if (!holds) {
        throw ConfigError{message};
    }
}

void require(bool holds, io::Setting setting, double value, const char* expected) {
    require(holds, fmt::format("{}: expected {}", io::setting(setting, value), expected));
}

int exit_code_of(const std::exception& error) {
    if (const auto* agreed = dynamic_cast<const dist::AgreedError*>(&error)) {
        return agreed->exit_code;
    }
    if (dynamic_cast<const ConfigError*>(&error) != nullptr) {
        return exit_configuration;
    }
    if (dynamic_cast<const io::DataError*>(&error) != nullptr ||
        dynamic_cast<const std::filesystem::filesystem_error*>(&error) != nullptr) {
        return exit_data;
    }
    if (dynamic_cast<const TrainingError*>(&error) != nullptr) {
        return exit_training;
    }
    return exit_rank_failed;
}

bool is_agreed(const std::exception& error) {
    return dynamic_cast<const dist::AgreedError*>(&error) != nullptr ||
           dynamic_cast<const ConfigError*>(&error) != nullptr ||
           dynamic_cast<const TrainingError*>(&error) != nullptr;
}

void place_errors(const std::string& where, const std::function<void()>& body) {
    try {
        body();
    } catch (const ConfigError& error) {
        throw ConfigError{where + ": " + io::as_entries(error.what())};
    } catch (const dist::AgreedError& error) {
        if (error.exit_code != exit_configuration && error.exit_code != exit_data) {
            throw;
        }
        throw dist::AgreedError{where + ": " + io::as_entries(error.what()), error.exit_code};
    }
}

void agree(const dist::Communicator& ranks, const std::function<void()>& body) {
    dist::agree(ranks, body, exit_code_of);
}

}  // namespace sslslr
