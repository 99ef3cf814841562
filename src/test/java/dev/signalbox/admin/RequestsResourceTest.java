package dev.signalbox.admin;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import dev.signalbox.ledger.Ledger;
import dev.signalbox.ledger.Sample;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class RequestsResourceTest {

    @Inject
    Ledger ledger;

    @Test
    void answersFromMemoryWithoutAStore() {
        String id = "memory-" + System.nanoTime();
        ledger.intend(Sample.intent(id));
        ledger.settle(Sample.entry(id));

        given().get("/admin/v1/requests/" + id).then().statusCode(200).body("model", equalTo("gpt-4o"));
        given().get("/admin/v1/requests?key=key_1&limit=1000")
                .then()
                .statusCode(200)
                .body("data.id", hasItem(id));
        given().get("/admin/v1/requests?key=nobodys")
                .then()
                .statusCode(200)
                .body("data.size()", equalTo(0))
                .body("next_cursor", nullValue());
        given().get("/admin/v1/usage?group_by=model&group_by=day")
                .then()
                .statusCode(200)
                .body("data.day", hasItem("2026-03-01T00:00:00Z"));
    }

    @Test
    void whatIsNotThereIsNotFound() {
        given().get("/admin/v1/requests/none-such").then().statusCode(404).body("error.code", equalTo("not_found"));
    }

    @ParameterizedTest
    @CsvSource({
        "requests?limit=0, limit",
        "requests?limit=1001, limit",
        "requests?limit=many, limit",
        "requests?status=ok, status",
        "requests?status=99, status",
        "requests?from=yesterday, from",
        "requests?to=2026-13-01T00:00:00Z, to",
        "requests?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z, to",
        "requests?cursor=nonsense, cursor",
        "usage?group_by=colour, group_by",
        "usage?group_by=tag:secret, group_by",
        "usage?from=2026, from",
        "usage?limit=0, limit",
        "usage?group_by=model&cursor=nonsense, cursor",
        "usage?group_by=model&cursor=eyJkYXkiOiIyMDI2LTAxLTAxVDAwOjAwOjAwWiJ9, cursor",
    })
    void nonsenseNamesTheParameter(String path, String field) {
        given().get("/admin/v1/" + path)
                .then()
                .statusCode(400)
                .body("error.code", equalTo("invalid_request"))
                .body("error.field", equalTo(field));
    }

    @Test
    void clientsAreGeneratedWithGoodNames() {
        given().accept("application/json")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .body("paths.'/admin/v1/requests'.get.operationId", equalTo("listRequests"))
                .body("paths.'/admin/v1/requests/{id}'.get.operationId", equalTo("getRequest"))
                .body("paths.'/admin/v1/usage'.get.operationId", equalTo("getUsage"));
    }
}
