package dev.signalbox.dialect.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Json;
import dev.signalbox.dialect.Golden;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeminiSchemaTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'STRING','format':'date-time','description':'d'} | {'type':'string','format':'date-time','description':'d'}",
                "{'type':'STRING','format':'enum','enum':['a','b']} | {'type':'string','enum':['a','b']}",
                "{'type':'STRING','enum':['a'],'nullable':true} | {'type':['string','null'],'enum':['a',null]}",
                "{'type':'TYPE_UNSPECIFIED','anyOf':[{'type':'INTEGER'}],'nullable':true} | {'anyOf':[{'type':'integer'},{'type':'null'}]}",
                "{'type':'OBJECT','properties':{'type':{'type':'NUMBER'},'nullable':{'type':'BOOLEAN'}},'required':['type']} | {'type':'object','properties':{'type':{'type':'number'},'nullable':{'type':'boolean'}},'required':['type']}",
                "{'type':'OBJECT','properties':{'b':{'type':'NULL'},'a':{'type':'STRING'}},'property_ordering':['a','b']} | {'type':'object','properties':{'a':{'type':'string'},'b':{'type':'null'}}}",
                "{'type':'ARRAY','items':{'type':'STRING','min_length':'2'},'minItems':'1','maxItems':3} | {'type':'array','items':{'type':'string','minLength':2},'minItems':1,'maxItems':3}",
                "{'type':'NUMBER','minimum':0.10,'example':1.50,'default':2} | {'type':'number','minimum':0.10,'examples':[1.50],'default':2}",
                "{'type':['string','null'],'const':1} | {'type':['string','null'],'const':1}",
                "{'ref':'#/defs/a','defs':{'a':{'type':'OBJECT'}}} | {'$ref':'#/$defs/a','$defs':{'a':{'type':'object'}}}",
            })
    void aSchemaIsReadAsJsonSchema(String schema, String expected) {
        assertThat(Json.text(GeminiSchema.jsonSchema(Golden.parse(schema.replace('\'', '"'))))
                        .replace('"', '\''))
                .isEqualTo(expected);
    }
}
